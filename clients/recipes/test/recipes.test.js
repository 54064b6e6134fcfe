// The ten recipes of docs/frontend-authors.md, pasted into a shell one after the other as they are
// printed there. Only the address, and the login and password left open, are filled in.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { account, endpoint } from '../../maip.js';

const guide = readFileSync(new URL('../../../docs/frontend-authors.md', import.meta.url), 'utf8');
const section = guide.split('\n## Ten recipes\n')[1].split('\n## ')[0];
const [helpers, ...recipes] = [...section.matchAll(/```sh\n(.*?)```/gs)].map(([, block]) => block);
const titles = [...section.matchAll(/^\*\*(\d+)\. (.+?)\*\*/gm)].map(([, number, title]) => ({ number: Number(number), title }));

/** What the guide leaves open. */
const { login, password } = account('MEMBER');
const filled = (block) =>
  block
    .replace('http://127.0.0.1:8080/graphql', endpoint)
    .replace("LOGIN='…' PASSWORD='…'", `LOGIN='${login}' PASSWORD='${password}'`);

const MARK = '== recipe ';
const script = recipes.map((recipe, index) => `echo '${MARK}${index + 1}'\n${filled(recipe)}`);
const names = [...new Set(recipes.flatMap((recipe) => [...recipe.matchAll(/^([A-Z]+)=\$\(/gm)].map(([, name]) => name)))];
const values = names.map((name) => `echo "== ${name} $${name}"`);
const shell = spawnSync('bash', { input: [filled(helpers), ...script, ...values].join('\n'), encoding: 'utf8', timeout: 60_000 });
const [, ...printed] = shell.stdout.split(MARK);

test('there are ten, and the shell had nothing to complain of', () => {
  assert.deepEqual(titles.map(({ number }) => number), [1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
  assert.equal(recipes.length, 10);
  assert.equal(shell.stderr, '');
  assert.equal(shell.status, 0);
});

/** Whether an answer is what one would hope for: no error, no user error, and records where lists are asked for. */
function assertWentWell(answer) {
  const { data, errors } = JSON.parse(answer);
  assert.equal(errors, undefined, answer);
  for (const value of Object.values(data)) {
    assert.notEqual(value, null, answer);
    assert.deepEqual(value.userErrors ?? [], [], answer);
    assert.notEqual(value.nodes?.length, 0, answer);
  }
}

for (const { number, title } of titles) {
  test(`${number}. ${title}`, () => {
    const lines = printed[number - 1].split('\n').slice(1);
    for (const answer of lines.filter((line) => line.startsWith('{'))) assertWentWell(answer);
    const asks = recipes[number - 1].split('\n').filter((line) => line.startsWith('ask ')).length;
    assert.equal(lines.filter((line) => line.startsWith('{')).length, asks);
  });
}

test('what one recipe keeps for the next is there', () => {
  assert.ok(names.length >= 6);
  for (const name of names) assert.match(shell.stdout, new RegExp(`^== ${name} .+$`, 'm'));
});
