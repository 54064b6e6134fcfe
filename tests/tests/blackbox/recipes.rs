//! What can be pasted from the documentation works on the demonstration: the recipes for frontend
//! authors one after the other, every GraphQL block, the explorer page's ready-made queries, and the
//! queries that `maip demo` prints.

use std::collections::BTreeMap;
use std::fs;

use maip_tests::{Backend, Request, Response, Server, on_both};
use serde_json::{Value, json};
use xtask::exec;

fn page(path: &str) -> String {
    fs::read_to_string(exec::root().join(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
}

/// The blocks of a language, each with the number of its first line.
fn blocks(text: &str, language: &str) -> Vec<(usize, String)> {
    let fence = format!("```{language}");
    let mut blocks = Vec::new();
    let mut block: Option<(usize, String)> = None;
    for (number, line) in text.lines().enumerate() {
        match &mut block {
            None if line.trim() == fence => block = Some((number + 2, String::new())),
            Some(_) if line.trim() == "```" => blocks.extend(block.take()),
            Some((_, text)) => {
                text.push_str(line);
                text.push('\n');
            }
            None => {}
        }
    }
    blocks
}

/// Whether a document is valid, without executing it: it is validated before its operation is chosen.
async fn assert_valid(server: &Server, document: &str, place: &str) {
    let body = json!({ "query": document, "operationName": "NotInTheDocument" });
    let answer = server.send(Request::new("POST", "/graphql").json(&body)).await;
    assert_eq!(answer.code(), Some("NOT_FOUND"), "{place}: {answer}");
}

/// Whether an operation went well: no error, no user error, and records where lists are asked for.
#[track_caller]
fn assert_went_well(answer: &Response, place: &str) {
    assert!(answer.body["errors"].is_null(), "{place}: {answer}");
    let data = answer.body["data"].as_object().unwrap_or_else(|| panic!("{place}: {answer}"));
    for (field, value) in data {
        assert!(!value.is_null(), "{place}: {field} is null: {answer}");
        assert!(value["userErrors"].as_array().is_none_or(Vec::is_empty), "{place}: {answer}");
        assert!(
            value["nodes"].as_array().is_none_or(|nodes| !nodes.is_empty()),
            "{place}: nothing found: {answer}"
        );
    }
}

/// A shell that knows what the recipes use: `ask`, `pick`, variables.
struct Shell<'s> {
    server: &'s Server,
    variables: BTreeMap<String, String>,
    asked: usize,
}

impl<'s> Shell<'s> {
    fn new(server: &'s Server) -> Self {
        Self { server, variables: BTreeMap::new(), asked: 0 }
    }

    /// One line of a recipe.
    async fn line(&mut self, line: &str, place: &str) {
        if let Some((_, role)) = line.split_once("PASSWORD='…'   # ") {
            let (login, password) = self.account(role);
            self.variables.insert("LOGIN".to_owned(), login);
            self.variables.insert("PASSWORD".to_owned(), password);
        } else if let Some((name, command)) = line.strip_suffix(')').and_then(|line| line.split_once("=$(")) {
            let value = self.pipeline(command, place).await;
            assert!(!value.is_empty(), "{place}: {name} is empty");
            self.variables.insert(name.to_owned(), value);
        } else {
            self.pipeline(line, place).await;
        }
    }

    /// `ask '…'` or `echo "$NAME"`, both perhaps with `| pick key`.
    async fn pipeline(&mut self, command: &str, place: &str) -> String {
        let (command, key) = match command.rsplit_once(" | pick ") {
            Some((command, key)) => (command, Some(key)),
            None => (command, None),
        };
        let output =
            if let Some(name) = command.strip_prefix("echo \"$").and_then(|rest| rest.strip_suffix('"')) {
                self.variables[name].clone()
            } else {
                self.ask(command, place).await
            };
        match key {
            Some(key) => pick(&output, key),
            None => output,
        }
    }

    async fn ask(&mut self, command: &str, place: &str) -> String {
        let (command, token) = match command.strip_prefix("TOKEN= ") {
            Some(command) => (command, None),
            None => (command, self.variables.get("TOKEN").cloned()),
        };
        let quoted = command
            .strip_prefix("ask '")
            .and_then(|rest| rest.strip_suffix('\''))
            .unwrap_or_else(|| panic!("{place}: this test doesn't know how to run: {command}"));
        let mut body = String::new();
        // `'$NAME'` ends the quotation, and begins it again after the value.
        for (index, part) in quoted.split('\'').enumerate() {
            match part.strip_prefix('$').filter(|_| index % 2 == 1) {
                Some(name) => body.push_str(&self.variables[name]),
                None => body.push_str(part),
            }
        }
        let mut request =
            Request::new("POST", "/graphql").header("content-type", "application/json").body(body);
        if let Some(token) = token {
            request = request.bearer(&token);
        }
        let answer = self.server.send(request).await;
        assert_went_well(&answer, place);
        self.asked += 1;
        answer.text()
    }

    /// Login and password of somebody in this role.
    fn account(&self, role: &str) -> (String, String) {
        account(&self.server.demo_accounts(), role, None)
    }
}

fn account(accounts: &Value, role: &str, country: Option<&str>) -> (String, String) {
    let all = accounts["accounts"].as_array().expect("the demonstration has accounts");
    let found = all.iter().find(|account| {
        account["role"] == role && country.is_none_or(|country| account["country"] == country)
    });
    let found = found.unwrap_or_else(|| panic!("the demonstration has no {role}"));
    let text = |field: &str| found[field].as_str().expect("a text").to_owned();
    (text("login"), text("password"))
}

/// The first value of this key.
fn pick(json: &str, key: &str) -> String {
    let opening = format!("\"{key}\":\"");
    let rest = json.split_once(&opening).map_or("", |(_, rest)| rest);
    rest.split('"').next().unwrap_or_default().to_owned()
}

on_both! {
    async fn the_recipes_for_frontend_authors_work_one_after_the_other(backend: Backend) {
        let server = Server::demo(backend).await;
        let mut shell = Shell::new(&server);
        let text = page("docs/frontend-authors.md");
        for (start, block) in blocks(&text, "sh") {
            // How `ask` is made, and how files are sent, a shell alone can run.
            if block.contains("curl ") {
                continue;
            }
            for (offset, line) in block.lines().enumerate() {
                let place = format!("docs/frontend-authors.md:{}", start + offset);
                shell.line(line, &place).await;
            }
        }
        assert!(shell.asked >= 15, "only {} requests were found", shell.asked);
    }

    async fn the_queries_that_the_demonstration_prints_work(backend: Backend) {
        let server = Server::demo(backend).await;
        let printed = server.logs();
        let token = server.demo_accounts()["partnerToken"].as_str().expect("a token").to_owned();
        let mut found = 0;
        for command in printed.split("curl ").skip(1) {
            let body = command.split_once("-d '").and_then(|(_, rest)| rest.split_once('\''));
            let (body, _) = body.expect("a printed query has a body");
            let head = command.split_once("-d '").map_or("", |(head, _)| head);
            let mut request =
                Request::new("POST", "/graphql").header("content-type", "application/json").body(body);
            if head.contains("Bearer") {
                assert!(head.contains(&token));
                request = request.bearer(&token);
            }
            assert_went_well(&server.send(request).await, "a query printed by maip demo");
            found += 1;
        }
        assert_eq!(found, 2, "{printed}");
    }
}

#[tokio::test]
async fn every_block_of_graphql_in_the_documentation_is_valid() {
    let server = Server::start(Backend::Sqlite).await;
    let mut found = 0;
    let folder = fs::read_dir(exec::root().join("docs")).expect("the documentation is there");
    for path in folder.flatten().map(|entry| entry.path()).filter(|path| path.is_file()) {
        let text = fs::read_to_string(&path).expect("a page is text");
        for (line, block) in blocks(&text, "graphql") {
            assert_valid(&server, &block, &format!("{}:{line}", path.display())).await;
            found += 1;
        }
    }
    assert!(found >= 8, "only {found} blocks were found");
}

#[tokio::test]
async fn every_ready_made_query_of_the_explorer_gives_data() {
    let server = Server::demo(Backend::Sqlite).await;
    let library: Value = serde_json::from_str(&page("crates/http/assets/queries.json")).expect("JSON");
    for (name, document) in library["session"].as_object().expect("the session's operations") {
        assert_valid(&server, document.as_str().expect("a text"), name).await;
    }
    for query in library["queries"].as_array().expect("queries") {
        let place = query["id"].as_str().expect("an id");
        let document = query["query"].as_str().expect("a text");
        assert_valid(&server, document, place).await;
        let token = match query["as"].as_str() {
            Some(role) => Some(sign_in(&server, &library, role, query["asCountry"].as_str()).await),
            None => None,
        };
        let mut variables = query["variables"].clone();
        for fill in query["fill"].as_array().into_iter().flatten() {
            let operation = fill["operation"].as_str().expect("an operation");
            let answer = server.post(operation, json!({}), token.as_deref()).await;
            let value = at(answer.data(), &fill["path"]).clone();
            assert!(!value.is_null(), "{place}: nothing at {}: {answer}", fill["path"]);
            *at_mut(&mut variables, &fill["into"]) = value;
        }
        assert_went_well(&server.post(document, variables, token.as_deref()).await, place);
    }
}

async fn sign_in(server: &Server, library: &Value, role: &str, country: Option<&str>) -> String {
    let (login, password) = account(&server.demo_accounts(), role, country);
    let document = library["session"]["signIn"].as_str().expect("a text");
    let variables = json!({ "input": { "login": login, "password": password } });
    let answer = server.post(document, variables, None).await;
    assert_went_well(&answer, role);
    answer.data()["signIn"]["session"]["accessToken"].as_str().expect("a token").to_owned()
}

fn at<'v>(value: &'v Value, path: &Value) -> &'v Value {
    path.as_array().into_iter().flatten().fold(value, |inner, key| match key {
        Value::String(key) => &inner[key.as_str()],
        key => {
            &inner[key.as_u64().and_then(|index| usize::try_from(index).ok()).expect("a key or a position")]
        }
    })
}

fn at_mut<'v>(value: &'v mut Value, path: &Value) -> &'v mut Value {
    path.as_array().into_iter().flatten().fold(value, |inner, key| &mut inner[key.as_str().expect("a key")])
}
