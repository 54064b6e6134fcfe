"""gql: signs in, pages, mutates, subscribes; every document is held against the schema first."""

import asyncio
import json
import os
import unittest
import uuid

from gql import Client, gql
from gql.dsl import DSLMutation, DSLQuery, DSLSchema, dsl_gql
from gql.transport.exceptions import TransportQueryError
from gql.transport.requests import RequestsHTTPTransport
from gql.transport.websockets import WebsocketsTransport
from graphql import GraphQLError

ENDPOINT = os.environ["MAIP_URL"] + "/graphql"


def account(role, country):
    """Login and password of the first of the demonstration's people with this role in this country."""
    with open(os.environ["MAIP_DEMO_ACCOUNTS"], encoding="utf-8") as file:
        accounts = json.load(file)["accounts"]
    found = next(one for one in accounts if one["role"] == role and one["country"] == country)
    return {"login": found["login"], "password": found["password"]}


def client(token=None):
    """A client that knows the schema from introspection, and validates by it."""
    headers = {"authorization": f"Bearer {token}"} if token else {}
    transport = RequestsHTTPTransport(url=ENDPOINT, headers=headers)
    introspection = {"specified_by_url": True, "input_value_deprecation": True}
    return Client(transport=transport, fetch_schema_from_transport=True, introspection_args=introspection)


SIGN_IN = gql(
    """
    mutation SignIn($input: SignInInput!) {
      signIn(input: $input) { session { accessToken } userErrors { code message } }
    }
    """
)


class Gql(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        with client() as session:
            SIGN_IN.variable_values = {"input": account("FACILITATOR", "UZB")}
            signed = session.execute(SIGN_IN)["signIn"]
        assert signed["userErrors"] == [], signed
        cls.token = signed["session"]["accessToken"]

    def test_pages_hold_every_lesson_once(self):
        with client() as session:
            ds = DSLSchema(session.client.schema)

            def page(after):
                return session.execute(
                    dsl_gql(
                        DSLQuery(
                            ds.Query.lessons(first=6, after=after).select(
                                ds.LessonConnection.totalCount,
                                ds.LessonConnection.nodes.select(
                                    ds.Lesson.id, ds.Lesson.title, ds.Lesson.country.select(ds.Country.code)
                                ),
                                ds.LessonConnection.pageInfo.select(
                                    ds.PageInfo.hasNextPage, ds.PageInfo.endCursor
                                ),
                            )
                        )
                    )
                )["lessons"]

            seen, after = [], None
            while True:
                answer = page(after)
                seen += [lesson["id"] for lesson in answer["nodes"]]
                if not answer["pageInfo"]["hasNextPage"]:
                    break
                after = answer["pageInfo"]["endCursor"]
        self.assertGreater(len(seen), 6)
        self.assertEqual(len(seen), len(set(seen)))
        self.assertEqual(len(seen), answer["totalCount"])

    def test_a_write_that_is_sent_twice_is_done_once(self):
        with client(self.token) as session:
            ds = DSLSchema(session.client.schema)
            where = gql("{ viewer { memberships { role platform { id } } } }")
            memberships = session.execute(where)["viewer"]["memberships"]
            platform = next(one["platform"]["id"] for one in memberships if one["role"] == "FACILITATOR")
            draft = {
                "mutationId": f"python-{uuid.uuid4()}",
                "platformId": platform,
                "language": "ru",
                "title": "Черешню сушат в тени",
            }

            def send():
                return session.execute(
                    dsl_gql(
                        DSLMutation(
                            ds.Mutation.draftLesson(input=draft).select(
                                ds.DraftLessonPayload.lesson.select(ds.Lesson.id, ds.Lesson.title),
                                ds.DraftLessonPayload.userErrors.select(ds.UserError.code),
                            )
                        )
                    )
                )["draftLesson"]

            first, second = send(), send()
        self.assertEqual(first["userErrors"], [])
        self.assertEqual(first["lesson"]["title"], draft["title"])
        self.assertEqual(first, second)

    def test_a_document_that_the_schema_does_not_know_is_refused_by_client_and_server_alike(self):
        unknown = gql("{ lessons { nodes { colour } } }")
        with client() as session:
            with self.assertRaises(GraphQLError):
                session.execute(unknown)
        with Client(transport=RequestsHTTPTransport(url=ENDPOINT)) as session:
            with self.assertRaises(TransportQueryError) as refused:
                session.execute(unknown)
        self.assertEqual(refused.exception.errors[0]["extensions"]["code"], "BAD_USER_INPUT")

    def test_a_subscription_over_a_websocket_tells_what_happens(self):
        asyncio.run(asyncio.wait_for(self.subscribe(), 60))

    async def subscribe(self):
        with client(self.token) as session:
            managed = gql(
                """
                { viewer { memberships { role platform {
                    members(first: 1, filter: { role: [MEMBER], status: [ACTIVE] }) { nodes { id } }
                } } } }
                """
            )
            memberships = session.execute(managed)["viewer"]["memberships"]
        platform = next(one["platform"] for one in memberships if one["role"] == "FACILITATOR")
        member = platform["members"]["nodes"][0]["id"]
        change = gql(
            """
            mutation Role($input: ChangeMemberRoleInput!) {
              changeMemberRole(input: $input) { userErrors { code message } }
            }
            """
        )
        changed = gql(
            """
            subscription Changed($after: String) {
              membershipChanged(after: $after) { cursor kind membership { id role } }
            }
            """
        )
        socket = ENDPOINT.replace("http", "ws", 1)
        transport = WebsocketsTransport(
            url=socket,
            init_payload={"authorization": f"Bearer {self.token}"},
            # Where two are offered, gql doesn't find the server's choice in a header of small letters.
            subprotocols=[WebsocketsTransport.GRAPHQLWS_SUBPROTOCOL],
        )

        async with Client(transport=transport) as session:

            async def change_to(role):
                change.variable_values = {"input": {"membershipId": member, "role": role}}
                answer = await session.execute(change)
                self.assertEqual(answer["changeMemberRole"]["userErrors"], [])

            async def told(after, role=None):
                changed.variable_values = {"after": after}
                async for event in session.subscribe(changed):
                    event = event["membershipChanged"]
                    membership = event["membership"]
                    if membership["id"] == member and role in (None, membership["role"]):
                        return event["cursor"]
                self.fail("the stream ended")

            # What happens until the subscription is in place may not be told of: so it happens again.
            first = asyncio.create_task(told(None))
            while not first.done():
                for role in ("SECRETARY", "MEMBER"):
                    await change_to(role)
                await asyncio.wait([first], timeout=0.5)
            cursor = first.result()
            await change_to("SECRETARY")
            await change_to("MEMBER")
            self.assertNotEqual(await told(cursor, "MEMBER"), cursor)


if __name__ == "__main__":
    unittest.main()
