// The schema as a subgraph: composed with another one by Apollo's own composition, and real queries planned and executed
// across both by Apollo's own gateway.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { Gateway, composed } from '../src/gateway.js';
import { ask, signedIn } from '../../maip.js';

const LESSONS = '{ lessons(first: 100) { nodes { id title } } }';
const READING = `query($ids: [ID!]!) {
  readingList(ids: $ids) { place lesson { __typename id title bookmarks country { code name rainyDays } } }
}`;

let gateway;
let facilitator;
let open;
let hidden;

before(async () => {
  facilitator = await signedIn('FACILITATOR');
  open = (await ask(LESSONS)).lessons.nodes;
  const known = new Set(open.map(({ id }) => id));
  const seen = (await ask(LESSONS, {}, facilitator)).lessons.nodes;
  hidden = seen.filter(({ id }) => !known.has(id));
  assert.ok(open.length >= 2 && hidden.length >= 1, 'some lessons are for everyone, some are not');
  gateway = await Gateway.start();
});

after(() => gateway?.stop());

test('both subgraphs compose, without a hint that something is wrong', async () => {
  const { errors, hints, supergraphSdl } = await composed();
  assert.equal(errors, undefined);
  const serious = (hints ?? []).filter(({ definition }) => definition.level.name === 'WARN');
  assert.deepEqual(serious.map(({ message }) => message), []);
  assert.match(supergraphSdl, /@join__type\(graph: MAIP, key: "code"\)/);
});

test('a list of this server is completed by the other subgraph', async () => {
  const query = '{ lessons(first: 3) { nodes { title bookmarks country { name rainyDays } } } }';
  const { data, errors } = await gateway.execute(query);
  assert.equal(errors, undefined);
  assert.equal(data.lessons.nodes.length, 3);
  for (const { bookmarks, country } of data.lessons.nodes) {
    assert.ok(bookmarks > 0 && country.name && country.rainyDays > 0);
  }
  assert.equal(gateway.maip.asked.length, 1, 'one request holds all that this server knows');
  const services = JSON.stringify(gateway.plan).match(/"serviceName":"\w+"/g);
  assert.ok(services.some((name) => name.includes('maip')) && services.some((name) => name.includes('library')));
});

test('records that the other subgraph names are read here: order, repeats, hidden and unknown ones', async () => {
  const unknown = 'lesson_01h455vb4pex5vsknk084sn02q';
  const ids = [open[1].id, hidden[0].id, open[0].id, unknown, open[1].id];
  for (const [who, visible] of [[undefined, false], [facilitator, true]]) {
    const { data, errors } = await gateway.execute(READING, { ids }, who);
    assert.equal(errors, undefined);
    const titles = data.readingList.map(({ lesson }) => lesson?.title ?? null);
    assert.deepEqual(titles, [open[1].title, visible ? hidden[0].title : null, open[0].title, null, open[1].title]);
    assert.deepEqual(data.readingList.map(({ place }) => place), [0, 1, 2, 3, 4]);
    assert.equal(data.readingList[0].lesson.__typename, 'Lesson');
    assert.ok(data.readingList[0].lesson.country.rainyDays > 0);
    const [request, ...more] = gateway.maip.asked;
    assert.match(request.query, /_entities/);
    assert.equal(more.length, 0, 'one request, however many records');
  }
});

test('a country is found by its code', async () => {
  const query = 'query($codes: [CountryCode!]!) { forecasts(codes: $codes) { rainyDays name code } }';
  const { data, errors } = await gateway.execute(query, { codes: ['MWI', 'BGD', 'MWI'] });
  assert.equal(errors, undefined);
  assert.deepEqual(data.forecasts.map(({ name }) => name), ['Malawi', 'Bangladesh', 'Malawi']);
});

test('records of several types are asked for at once', async () => {
  const query = `query($ids: [ID!]!, $codes: [CountryCode!]!) {
    readingList(ids: $ids) { lesson { title } }
    forecasts(codes: $codes) { name }
  }`;
  const ids = open.slice(0, 2).map(({ id }) => id);
  const { data, errors } = await gateway.execute(query, { ids, codes: ['EGY'] });
  assert.equal(errors, undefined);
  assert.deepEqual(data.readingList.map(({ lesson }) => lesson.title), open.slice(0, 2).map(({ title }) => title));
  assert.equal(data.forecasts[0].name, 'Egypt');
});

test('the server answers a gateway by types, nulls in their places', async () => {
  const query = `query($r: [_Any!]!) {
    _entities(representations: $r) { __typename ... on Lesson { title } ... on Country { name } }
  }`;
  const r = [
    { __typename: 'Country', code: 'MWI' },
    { __typename: 'Lesson', id: hidden[0].id },
    { __typename: 'Lesson', id: open[0].id },
    { __typename: 'Country', code: 'MWI' },
  ];
  const malawi = { __typename: 'Country', name: 'Malawi' };
  const { _entities } = await ask(query, { r });
  assert.deepEqual(_entities, [malawi, null, { __typename: 'Lesson', title: open[0].title }, malawi]);
});
