"""Files in a store that speaks S3 (moto), sent by gql with the request and by plain PUT to the store itself."""

import json
import logging
import os
import shutil
import socket
import struct
import subprocess
import tempfile
import time
import unittest
import zlib
from urllib.parse import urljoin, urlsplit

import boto3
import requests
from gql import Client, FileVar, gql
from gql.transport.requests import RequestsHTTPTransport
from moto.server import ThreadedMotoServer

BUCKET = "lessons"
KEY = {"aws_access_key_id": "testing", "aws_secret_access_key": "testing-secret", "region_name": "eu-central-1"}
PATIENCE = 60
# One line for each question that the store is asked says nothing.
logging.getLogger("werkzeug").setLevel(logging.ERROR)


def png(width, height):
    """A grey picture, with a text in it that says where it was taken."""

    def chunk(kind, data):
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    rows = b"".join(b"\0" + bytes([120]) * width for _ in range(height))
    return b"".join([
        b"\x89PNG\r\n\x1a\n",
        chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)),
        chunk(b"tEXt", b"GPS\0" + b"15 47 S, 35 00 E"),
        chunk(b"IDAT", zlib.compress(rows)),
        chunk(b"IEND", b""),
    ])


def until(what, condition):
    """Waits for a condition, and for no longer than anything may take."""
    end = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < end, f"waited in vain for {what}"
        time.sleep(0.05)


class Server:
    """`maip demo` with its files in the store."""

    def __init__(self, endpoint):
        self.folder = tempfile.mkdtemp(prefix="maip-files-")
        environment = {name: value for name, value in os.environ.items() if not name.startswith("MAIP_")}
        environment |= {
            "MAIP_FILES": f"s3://{BUCKET}/of/maip",
            "MAIP_S3_ENDPOINT": endpoint,
            "MAIP_S3_REGION": KEY["region_name"],
            "MAIP_S3_ACCESS_KEY_ID": KEY["aws_access_key_id"],
            "MAIP_S3_SECRET_ACCESS_KEY": KEY["aws_secret_access_key"],
            "MAIP_LOG": "warn",
        }
        self.process = subprocess.Popen(
            [os.environ["MAIP_BINARY"], "demo", "--port", "0", "--data-dir", self.folder],
            env=environment, cwd=self.folder, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, text=True,
        )
        for line in self.process.stdout:
            if "listening on " in line:
                self.url = line.split("listening on ")[1].strip()
                return
        raise AssertionError("the demonstration ended before it listened")

    def stop(self):
        self.process.terminate()
        self.process.communicate(timeout=PATIENCE)
        shutil.rmtree(self.folder)


class Files(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        cls.moto = ThreadedMotoServer(ip_address="127.0.0.1", port=port, verbose=False)
        cls.moto.start()
        cls.addClassCleanup(cls.moto.stop)
        cls.store = f"http://127.0.0.1:{port}"
        cls.s3 = boto3.client("s3", endpoint_url=cls.store, **KEY)
        cls.s3.create_bucket(Bucket=BUCKET, CreateBucketConfiguration={"LocationConstraint": KEY["region_name"]})
        cls.server = Server(cls.store)
        cls.addClassCleanup(cls.server.stop)
        cls.demonstration = set()
        cls.demonstration = set(cls.stored())
        cls.endpoint = cls.server.url + "/graphql"
        with open(os.path.join(cls.server.folder, "demo-accounts.json"), encoding="utf-8") as file:
            member = next(one for one in json.load(file)["accounts"] if one["role"] == "FACILITATOR")
        cls.token = None
        signed = cls.ask(
            "mutation ($input: SignInInput!) { signIn(input: $input) { session { accessToken } userErrors { code } } }",
            input={"login": member["login"], "password": member["password"]},
        )["signIn"]
        cls.token = signed["session"]["accessToken"]
        platform = cls.ask("{ viewer { memberships { platform { id } } } }")["viewer"]["memberships"][0]["platform"]["id"]
        cls.lesson = cls.ask(
            "mutation ($input: DraftLessonInput!) { draftLesson(input: $input) { lesson { id } userErrors { code } } }",
            input={"platformId": platform, "language": "en", "title": "Shown, not written"},
        )["draftLesson"]["lesson"]["id"]

    @classmethod
    def ask(cls, document, files=False, **variables):
        headers = {"graphql-require-preflight": "1"}
        if cls.token:
            headers["authorization"] = f"Bearer {cls.token}"
        client = Client(transport=RequestsHTTPTransport(url=cls.endpoint, headers=headers))
        request = gql(document)
        request.variable_values = variables
        return client.execute(request, upload_files=files)

    @classmethod
    def stored(cls):
        """What is in the bucket beside the files of the demonstration, by the part of a file that it is."""
        found = cls.s3.list_objects_v2(Bucket=BUCKET).get("Contents", [])
        return {entry["Key"]: entry["Size"] for entry in found if entry["Key"] not in cls.demonstration}

    def fetch(self, url, **headers):
        return requests.get(urljoin(self.endpoint, url), headers=headers, timeout=PATIENCE)

    def remove(self, attachment):
        done = self.ask(
            "mutation ($input: RemoveLessonAttachmentInput!) { removeLessonAttachment(input: $input) { userErrors { code } } }",
            input={"attachmentId": attachment},
        )
        self.assertEqual(done["removeLessonAttachment"]["userErrors"], [])
        until("an empty bucket", lambda: not self.stored())

    def test_a_photo_sent_with_the_request_is_kept_in_the_bucket_and_given_by_the_server(self):
        photo = tempfile.NamedTemporaryFile(suffix=".png", dir=self.server.folder)
        photo.write(png(64, 48))
        photo.flush()
        attached = self.ask(
            """mutation ($input: AttachLessonFileInput!) { attachLessonFile(input: $input) {
                 attachment { id state width height url thumbnailUrl sizeBytes } userErrors { field code } } }""",
            files=True,
            input={"lessonId": self.lesson, "file": FileVar(photo.name, content_type="image/png"), "peopleShown": "NOBODY"},
        )["attachLessonFile"]
        self.assertEqual(attached["userErrors"], [])
        file = attached["attachment"]
        self.assertEqual((file["state"], file["width"], file["height"]), ("READY", 64, 48))
        keys = self.stored()
        self.assertEqual(sorted(key.rsplit("/", 1)[1] for key in keys), ["file", "thumbnail"])
        self.assertTrue(all(key.startswith("of/maip/attachments/attachment_") for key in keys), keys)
        answer = self.fetch(file["url"])
        self.assertEqual((answer.status_code, len(answer.content)), (200, file["sizeBytes"]))
        self.assertTrue(answer.content.startswith(b"\x89PNG") and b"GPS" not in answer.content)
        self.assertEqual(answer.headers["x-content-type-options"], "nosniff")
        part = self.fetch(file["url"], range="bytes=1-3")
        self.assertEqual((part.status_code, part.content), (206, b"PNG"))
        self.assertEqual(self.fetch(file["thumbnailUrl"]).headers["content-type"], "image/jpeg")
        self.remove(file["id"])
        self.assertEqual(self.fetch(file["url"]).status_code, 404)

    def announce(self, media_type, size):
        done = self.ask(
            """mutation ($input: RequestAttachmentUploadInput!) { requestAttachmentUpload(input: $input) {
                 attachment { id state } upload { method url } userErrors { field code } } }""",
            input={"lessonId": self.lesson, "mediaType": media_type, "sizeBytes": size, "peopleShown": "NOBODY"},
        )["requestAttachmentUpload"]
        self.assertEqual(done["userErrors"], [])
        return done["attachment"]["id"], done["upload"]

    def complete(self, attachment):
        return self.ask(
            """mutation ($input: CompleteAttachmentUploadInput!) { completeAttachmentUpload(input: $input) {
                 attachment { state refusal url sizeBytes } userErrors { code } } }""",
            input={"attachmentId": attachment},
        )["completeAttachmentUpload"]

    def test_a_recording_is_sent_to_the_store_itself(self):
        # Larger than one part of an upload in parts.
        size = 6 << 20
        sound = b"RIFF" + struct.pack("<I", size - 8) + b"WAVEfmt \x10\0\0\0\x01\0\x01\0\x40\x1f\0\0\x40\x1f\0\0\x01\0\x08\0data"
        sound += struct.pack("<I", size - len(sound) - 4)
        sound = sound.ljust(size, b"\x80")
        attachment, upload = self.announce("audio/wav", size)
        self.assertEqual(upload["method"], "PUT")
        self.assertEqual(urlsplit(upload["url"]).netloc, urlsplit(self.store).netloc)
        self.assertNotIn(KEY["aws_secret_access_key"], upload["url"])
        self.assertEqual([error["code"] for error in self.complete(attachment)["userErrors"]], ["WRONG_STATE"])
        self.assertEqual(requests.put(upload["url"], data=sound, timeout=PATIENCE).status_code, 200)
        file = self.complete(attachment)["attachment"]
        self.assertEqual((file["state"], file["sizeBytes"]), ("READY", size))
        self.assertEqual(self.fetch(file["url"]).content, sound)
        until("what was sent to be gone", lambda: [key.rsplit("/", 1)[1] for key in self.stored()] == ["file"])
        self.remove(attachment)

    def test_what_is_sent_to_the_store_is_checked_like_anything_else(self):
        page = b"<script>alert(1)</script>"
        attachment, upload = self.announce("image/png", len(page))
        self.assertEqual(requests.put(upload["url"], data=page, timeout=PATIENCE).status_code, 200)
        file = self.complete(attachment)["attachment"]
        self.assertEqual((file["state"], file["refusal"], file["url"]), ("REFUSED", "TYPE", None))
        until("what was refused to be gone", lambda: not self.stored())
        self.remove(attachment)


if __name__ == "__main__":
    unittest.main()
