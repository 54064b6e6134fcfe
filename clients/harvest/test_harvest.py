"""Sickle harvests all that is public, over several resumption tokens, and nothing else."""

import unittest

from sickle import Sickle
from sickle.oaiexceptions import BadArgument, CannotDisseminateFormat, IdDoesNotExist, NoRecordsMatch

import demo

# Enough for a third page.
MANY = 105


def id_of(identifier):
    return identifier.rsplit(":", 1)[1]


def setUpModule():
    unittest.addModuleCleanup(demo.stop)
    demo.start(MANY)


class Harvest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.sickle = Sickle(f"{demo.url}/oai")
        cls.lessons = demo.public()
        assert len(cls.lessons) >= MANY

    def test_the_repository_says_what_it_is(self):
        identify = self.sickle.Identify()
        self.assertEqual(identify.protocolVersion, "2.0")
        self.assertEqual(identify.baseURL, f"{demo.url}/oai")
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
