// A phone on a slow network: a list of lessons is small on the wire, headers and all.
import assert from 'node:assert/strict';
import { request } from 'node:http';
import { test } from 'node:test';
import { endpoint } from '../../maip.js';

/** What a page of a phone shows of each lesson, and what it needs to go on. */
const LIST = `query Phone {
  lessons(first: 20) {
    totalCount
    nodes {
      id
      title
      abstract
      language
      outcome
      publishedAt
      authorName
      organisation { name }
      country { code name }
      platform { id name products(first: 3) { nodes { id name } } }
      concepts { id label }
      replicationOutcomes { worked partly failed }
    }
    pageInfo { hasNextPage endCursor }
  }
}`;

/** What comes over a connection of its own, as bytes from its beginning to the end of the answer. */
function received(acceptEncoding) {
  return new Promise((done, fail) => {
    const headers = { 'content-type': 'application/json', 'accept-encoding': acceptEncoding };
    const asked = request(endpoint, { method: 'POST', headers, agent: false }, (response) => {
      const { socket } = response;
      const parts = [];
      response.on('data', (part) => parts.push(part));
      response.on('end', () => {
        const encoding = response.headers['content-encoding'];
        done({ bytes: socket.bytesRead, encoding, body: Buffer.concat(parts) });
      });
    });
    asked.on('error', fail);
    asked.end(JSON.stringify({ query: LIST }));
  });
}

test('a list of 20 lessons is under 15 KB on the wire, in each encoding that browsers and phones take', async (t) => {
  const plain = await received('identity');
  const { nodes } = JSON.parse(plain.body).data.lessons;
  assert.equal(nodes.length, 20);
  t.diagnostic(`uncompressed: ${plain.bytes} bytes`);
  for (const encoding of ['gzip', 'br', 'zstd', 'gzip, deflate, br, zstd']) {
    const compressed = await received(encoding);
    t.diagnostic(`${compressed.encoding}: ${compressed.bytes} bytes`);
    assert.ok(compressed.encoding && encoding.includes(compressed.encoding));
    assert.ok(compressed.bytes < 15_000, `${compressed.bytes} bytes`);
  }
});
