// `@oneOf` inputs: what graphql-js refuses is refused, in literals and in variables, and nothing else.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isInputObjectType, parse, validate } from 'graphql';
import { getVariableValues } from 'graphql/execution/values.js';
import { Server } from '../src/server.js';

// Nobody is signed in, so that what is accepted is executed and changes nothing.
const server = new Server();
const schema = await server.schema();
const account = '"account_01h455vb4pex5vsknk084sn02q"';
const platform = '"platform_01h455vb4pex5vsknk084sn02q"';

const invite = (invitee, declared = '') =>
  `mutation Invite${declared} { inviteMember(input: { platformId: ${platform}, actorType: FARMER, invitee: ${invitee} }) { userErrors { code } } }`;

/** Whether graphql-js would execute it. */
function accepted(text, variables) {
  const document = parse(text);
  if (validate(schema, document).length > 0) return false;
  const [operation] = document.definitions;
  return !getVariableValues(schema, operation.variableDefinitions, variables).errors;
}

test('introspection tells which inputs are of this kind', () => {
  const inputs = Object.values(schema.getTypeMap()).filter((type) => isInputObjectType(type) && type.isOneOf);
  assert.deepEqual(inputs.map(({ name }) => name).sort(), ['ConsentRecipientInput', 'InviteeInput']);
});

for (const [text, variables, valid] of [
  [invite(`{ accountId: ${account} }`), {}, true],
  [invite('{}'), {}, false],
  [invite(`{ accountId: ${account}, organisationId: null }`), {}, false],
  [invite('{ accountId: null }'), {}, false],
  [invite('{ accountId: $id }', '($id: ID!)'), { id: JSON.parse(account) }, true],
  [invite('{ accountId: $id }', '($id: ID)'), { id: JSON.parse(account) }, false],
  [invite('{ accountId: $id, organisationId: $other }', '($id: ID!, $other: ID!)'), { id: '1', other: '2' }, false],
  [invite('$invitee', '($invitee: InviteeInput!)'), { invitee: { accountId: JSON.parse(account) } }, true],
  [invite('$invitee', `($invitee: InviteeInput! = { accountId: ${account} })`), {}, true],
  [invite('$invitee', '($invitee: InviteeInput! = {})'), { invitee: { accountId: JSON.parse(account) } }, false],
  [invite('$invitee', '($invitee: InviteeInput!)'), { invitee: {} }, false],
  [invite('$invitee', '($invitee: InviteeInput!)'), { invitee: { accountId: null } }, false],
  [invite('$invitee', '($invitee: InviteeInput!)'), { invitee: { accountId: '1', organisationId: null } }, false],
  [invite('$invitee', '($invitee: InviteeInput!)'), { invitee: { accountId: '1', organisationId: '2' } }, false],
]) {
  const given = text.slice(text.lastIndexOf('invitee: '), text.lastIndexOf(' }) {'));
  const declared = text.slice(0, text.indexOf(' {'));
  test(`${valid ? 'accepted' : 'refused'}: ${declared}, ${given}, ${JSON.stringify(variables)}`, async () => {
    assert.equal(accepted(text, variables), valid);
    const { data, errors } = await server.execute(text, variables);
    assert.equal(data !== undefined, valid, JSON.stringify(errors));
    if (!valid) assert.equal(errors[0].extensions.code, 'BAD_USER_INPUT');
  });
}
