"""Sickle harvests all that is public, over several resumption tokens, and nothing else."""

import json
import os
import shutil
import subprocess
import tempfile
import unittest

import requests
from sickle import Sickle
from sickle.oaiexceptions import BadArgument, CannotDisseminateFormat, IdDoesNotExist, NoRecordsMatch

# Its own demonstration: so many lessons more would be in the way of others.
FOLDER = tempfile.mkdtemp(prefix="maip-harvest-")
URL = ""
# Enough for a third page.
MANY = 105


def ask(query, variables=None, token=None):
    headers = {"authorization": f"Bearer {token}"} if token else {}
    answer = requests.post(f"{URL}/graphql", json={"query": query, "variables": variables}, headers=headers).json()
    assert "errors" not in answer, answer
    return answer["data"]


def public():
    """What the API shows to nobody in particular."""
    query = """query ($after: String) { lessons(first: 100, after: $after) {
        nodes { id title updatedAt authorName language country { code region } concepts { uri label } }
        pageInfo { hasNextPage endCursor } } }"""
    lessons, after = {}, None
    while True:
        page = ask(query, {"after": after})["lessons"]
        lessons |= {lesson["id"]: lesson for lesson in page["nodes"]}
        if not page["pageInfo"]["hasNextPage"]:
            return lessons
        after = page["pageInfo"]["endCursor"]


def sign_in(role, country):
    with open(os.path.join(FOLDER, "demo-accounts.json"), encoding="utf-8") as file:
        accounts = json.load(file)["accounts"]
    found = next(one for one in accounts if one["role"] == role and one["country"] == country)
    query = "mutation ($i: SignInInput!) { signIn(input: $i) { session { accessToken } } }"
    signed = ask(query, {"i": {"login": found["login"], "password": found["password"]}})
    return signed["signIn"]["session"]["accessToken"]


def change(token, name, fields):
    query = f"""mutation ($input: {name[0].upper()}{name[1:]}Input!) {{
        {name}(input: $input) {{ lesson {{ id }} userErrors {{ field code message }} }} }}"""
    payload = ask(query, {"input": fields}, token)[name]
    assert payload["userErrors"] == [], payload
    return payload["lesson"]["id"]


def publish(count):
    """So many more lessons of Malawi, written by one and reviewed by another."""
    author, reviewer = sign_in("FACILITATOR", "MWI"), sign_in("NATIONAL_FOCAL_POINT", "MWI")
    lesson = ask("""{ lessons(first: 1, filter: { country: ["MWI"] }) { nodes {
        platform { id } concepts { id } } } }""")["lessons"]["nodes"][0]
    for number in range(count):
        key = change(author, "draftLesson", {
            "platformId": lesson["platform"]["id"], "language": "en", "visibility": "PUBLIC", "attribution": "ANONYMOUS",
            "title": f"Harvest <{number}> & \"more\"", "abstract": "Read\tback.", "context": "Thyolo.", "problem": "None.",
            "whatWasDone": "Written.", "result": "Read.", "outcome": "WORKED", "hinderingConditions": ["Rain"],
            "conceptIds": [concept["id"] for concept in lesson["concepts"]],
        })
        change(author, "submitLesson", {"lessonId": key})
        change(reviewer, "startReview", {"lessonId": key})
        change(reviewer, "publishLesson", {"lessonId": key})


def id_of(identifier):
    return identifier.rsplit(":", 1)[1]


def setUpModule():
    global URL
    environment = {name: value for name, value in os.environ.items() if not name.startswith("MAIP_")}
    environment |= {"MAIP_RATE_LIMIT_ANONYMOUS": "0", "MAIP_RATE_LIMIT_ACCOUNT": "0", "MAIP_LOG": "warn"}
    process = subprocess.Popen(
        [os.environ["MAIP_BINARY"], "demo", "--port", "0", "--data-dir", FOLDER],
        env=environment, cwd=FOLDER, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, text=True,
    )
    unittest.addModuleCleanup(stop, process)
    URL = next(line for line in process.stdout if "listening on " in line).split("listening on ")[1].strip().rstrip("/")
    publish(MANY)


def stop(process):
    process.terminate()
    process.communicate(timeout=60)
    shutil.rmtree(FOLDER)


class Harvest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.sickle = Sickle(f"{URL}/oai")
        cls.lessons = public()
        assert len(cls.lessons) >= MANY

    def test_the_repository_says_what_it_is(self):
        identify = self.sickle.Identify()
        self.assertEqual(identify.protocolVersion, "2.0")
        self.assertEqual(identify.baseURL, f"{URL}/oai")
        self.assertEqual(identify.deletedRecord, "no")
        self.assertEqual(identify.granularity, "YYYY-MM-DDThh:mm:ssZ")
        self.assertEqual([f.metadataPrefix for f in self.sickle.ListMetadataFormats()], ["oai_dc"])

    def test_all_that_is_public_is_harvested_and_nothing_else(self):
        records = list(self.sickle.ListRecords(metadataPrefix="oai_dc"))
        harvested = {id_of(record.header.identifier): record for record in records}
        self.assertEqual(len(harvested), len(records))
        self.assertEqual(harvested.keys(), self.lessons.keys())
        for key, lesson in self.lessons.items():
            dc = harvested[key].metadata
            self.assertEqual(dc["title"], [lesson["title"]])
            self.assertEqual(dc["language"], [lesson["language"]])
            subjects = [text for concept in lesson["concepts"] for text in (concept["label"], concept["uri"])]
            self.assertEqual(sorted(dc.get("subject", [])), sorted(subjects))
            self.assertIn(lesson["country"]["code"], dc["coverage"])
            if lesson["authorName"]:
                self.assertEqual(dc["creator"], [lesson["authorName"]])
        stamps = [record.header.datestamp for record in records]
        self.assertEqual(stamps, sorted(stamps))
        headers = self.sickle.ListIdentifiers(metadataPrefix="oai_dc")
        self.assertEqual({id_of(header.identifier) for header in headers}, self.lessons.keys())

    def test_sets_divide_what_is_public_by_country_and_by_region(self):
        sets = {one.setSpec: one.setName for one in self.sickle.ListSets()}
        # Five regions and every country, over several tokens.
        self.assertGreater(len(sets), 150)
        for prefix, field in [("country", "code"), ("region", "region")]:
            found = {}
            for code in {lesson["country"][field] for lesson in self.lessons.values()} - {None}:
                self.assertIn(f"{prefix}.{code}", sets)
                headers = self.sickle.ListIdentifiers(metadataPrefix="oai_dc", set=f"{prefix}.{code}")
                found[code] = {id_of(header.identifier) for header in headers}
            for code, keys in found.items():
                self.assertEqual(keys, {k for k, l in self.lessons.items() if l["country"][field] == code})

    def test_one_second_has_what_changed_in_it(self):
        stamps = {lesson["updatedAt"][:19] + "Z" for lesson in self.lessons.values()}
        for stamp in sorted(stamps)[:5]:
            span = {"metadataPrefix": "oai_dc", "from": stamp, "until": stamp}
            found = {id_of(header.identifier) for header in self.sickle.ListIdentifiers(**span)}
            self.assertEqual(found, {k for k, l in self.lessons.items() if l["updatedAt"][:19] + "Z" == stamp})

    def test_mistakes_are_told(self):
        with self.assertRaises(NoRecordsMatch):
            self.sickle.ListRecords(metadataPrefix="oai_dc", until="2001-01-01")
        with self.assertRaises(CannotDisseminateFormat):
            self.sickle.ListRecords(metadataPrefix="marc21")
        with self.assertRaises(IdDoesNotExist):
            self.sickle.GetRecord(metadataPrefix="oai_dc", identifier="oai:localhost:lesson_01h455vb4pex5vsknk084sn02q")
        with self.assertRaises(BadArgument):
            self.sickle.ListRecords(metadataPrefix="oai_dc", set="nowhere")


if __name__ == "__main__":
    unittest.main()
