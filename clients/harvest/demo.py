"""A demonstration of its own, with lessons more: they would be in the way of others."""

import json
import os
import shutil
import subprocess
import tempfile

import requests

folder = ""
url = ""
process = None


def start(lessons):
    """Starts it, and publishes so many lessons more."""
    global folder, url, process
    folder = tempfile.mkdtemp(prefix="maip-harvest-")
    environment = {name: value for name, value in os.environ.items() if not name.startswith("MAIP_")}
    environment |= {"MAIP_RATE_LIMIT_ANONYMOUS": "0", "MAIP_RATE_LIMIT_ACCOUNT": "0", "MAIP_LOG": "warn"}
    process = subprocess.Popen(
        [os.environ["MAIP_BINARY"], "demo", "--port", "0", "--data-dir", folder],
        env=environment, cwd=folder, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, text=True,
    )
    url = next(line for line in process.stdout if "listening on " in line).split("listening on ")[1].strip().rstrip("/")
    publish(lessons)


def stop():
    """Ends it and removes what it kept."""
    process.terminate()
    process.communicate(timeout=60)
    shutil.rmtree(folder)


def ask(query, variables=None, token=None):
    headers = {"authorization": f"Bearer {token}"} if token else {}
    answer = requests.post(f"{url}/graphql", json={"query": query, "variables": variables}, headers=headers).json()
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
    with open(os.path.join(folder, "demo-accounts.json"), encoding="utf-8") as file:
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
            "whatWasDone": "=1+1", "result": "Read, _x0041_.", "outcome": "WORKED", "hinderingConditions": ["Rain"],
            "conceptIds": [concept["id"] for concept in lesson["concepts"]],
        })
        change(author, "submitLesson", {"lessonId": key})
        change(reviewer, "startReview", {"lessonId": key})
        change(reviewer, "publishLesson", {"lessonId": key})
