"""rdflib reads lessons back from JSON-LD and from Turtle, one by one and all together: the same triples. Python's csv and
openpyxl read the exports: the same cells."""

import csv
import io
import re
import unittest

import openpyxl
import requests
from openpyxl.utils.escape import unescape
from rdflib import RDF, Graph, Literal, URIRef
from rdflib.compare import isomorphic

import demo

SCHEMA, DCTERMS = "https://schema.org/", "http://purl.org/dc/terms/"
# More than a page of an export.
MANY = 60


def read(path, form, accept=None):
    answer = requests.get(f"{demo.url}{path}", headers={"accept": accept} if accept else {})
    assert answer.status_code == 200, answer.text
    return Graph().parse(data=answer.content, format=form)


def setUpModule():
    unittest.addModuleCleanup(demo.stop)
    demo.start(MANY)


class LinkedData(unittest.TestCase):
    def test_a_lesson_says_the_same_in_both_forms(self):
        for key, lesson in list(demo.public().items())[-20:]:
            json_ld = read(f"/lessons/{key}", "json-ld", "application/ld+json")
            turtle = read(f"/lessons/{key}", "turtle", "text/turtle")
            self.assertTrue(isomorphic(json_ld, turtle), key)
            own = URIRef(f"{demo.url}/lessons/{key}")
            self.assertIn((own, RDF.type, URIRef(SCHEMA + "Article")), turtle)
            title = Literal(lesson["title"], lang=lesson["language"])
            for name in (SCHEMA + "name", DCTERMS + "title"):
                self.assertEqual(list(turtle.objects(own, URIRef(name))), [title])
            concepts = {URIRef(concept["uri"]) for concept in lesson["concepts"]}
            for name in (SCHEMA + "about", DCTERMS + "subject"):
                self.assertEqual(set(turtle.objects(own, URIRef(name))), concepts)
            author = turtle.value(own, URIRef(SCHEMA + "author"))
            if lesson["authorName"]:
                self.assertEqual(turtle.value(author, URIRef(SCHEMA + "name")), Literal(lesson["authorName"]))

    def test_an_export_has_every_lesson_in_each_form(self):
        lessons = demo.public()
        json_ld, turtle = read("/export/lessons.jsonld", "json-ld"), read("/export/lessons.ttl", "turtle")
        self.assertTrue(isomorphic(json_ld, turtle))
        articles = {str(own).rsplit("/", 1)[1] for own in turtle.subjects(RDF.type, URIRef(SCHEMA + "Article"))}
        self.assertEqual(articles, lessons.keys())

    def test_a_table_and_a_workbook_have_every_lesson_and_no_formula(self):
        lessons = demo.public()
        text = requests.get(f"{demo.url}/export/lessons.csv").content.decode("utf-8")
        rows = list(csv.DictReader(io.StringIO(text, newline="")))
        plain = [{name: re.sub(r"^'(?=\s*[=+@-])", "", cell) for name, cell in row.items()} for row in rows]
        self.assertEqual({row["id"]: row["title"] for row in plain},
                         {key: lesson["title"] for key, lesson in lessons.items()})
        for row in plain:
            uris = [concept["uri"] for concept in lessons[row["id"]]["concepts"]]
            self.assertEqual(row["concept_uris"].split("\n") if uris else [], uris)
        answer = requests.get(f"{demo.url}/export/lessons.xlsx")
        sheet = openpyxl.load_workbook(io.BytesIO(answer.content)).active
        head, *filled = sheet.iter_rows()
        self.assertEqual([cell.value for cell in head], list(rows[0]))
        for cells, row in zip(filled, plain, strict=True):
            self.assertNotIn("f", [cell.data_type for cell in cells])
            texts = ["" if cell.value is None else unescape(str(cell.value)) for cell in cells]
            self.assertEqual(texts, list(row.values()))
        self.assertIn('=1+1', [cell.value for cells in filled for cell in cells])

    def test_what_is_not_public_is_not_there(self):
        answer = requests.get(f"{demo.url}/lessons/lesson_01h455vb4pex5vsknk084sn02q")
        self.assertEqual(answer.status_code, 404)


if __name__ == "__main__":
    unittest.main()
