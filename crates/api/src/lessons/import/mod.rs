//! `importLessons`: lessons from a table, all of them or none.

mod row;
mod separated;
mod table;
mod workbook;

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::io::Read as _;

use async_graphql::InputObject;
use maip_domain::error_code::ErrorCode;
use maip_domain::id::{AccountId, ConceptId, OrganisationId, PlatformId};
use maip_domain::lessons::Attribution;
use maip_domain::visibility::Visibility;
use maip_persistence::lessons::draft::{self, NewLesson};
use maip_persistence::lessons::import::{concepts_by_uri, may_import};
use maip_persistence::read::declare::Scalar;
use maip_persistence::write::{Refusal, UserError, WriteError, WriteResult, Written};

use self::row::Imported;
use self::table::{MOST_BYTES, Table, refused};
use crate::mutation::{Extra, ExtraType, MutationContext, Payload, Typed};
use crate::schema::Closed;
use crate::schema::scalars::{Id, Upload};
use crate::uploads::Upload as File;

/// What is told at most of what is wrong with a file.
const MOST_PROBLEMS: usize = 200;

pub static IMPORT: Typed<ImportLessonsInput> = Typed {
    name: "importLessons",
    description: "Drafts a lesson for each row of a table: CSV in UTF-8, or the first sheet of a workbook (XLSX), of 200 rows and 8 \
                  MiB at most, with the columns of the template (`/export/lessons-template.csv`, `.xlsx`) in any order. All rows \
                  become drafts of yours, or none: `userErrors` then has what is wrong with each row, by `rows`, its number in the \
                  spreadsheet and the column, such as `rows.3.outcome`. The request is sent by the GraphQL multipart request \
                  specification.",
    payload: Payload {
        record: None,
        extras: &[
            Extra {
                name: "rows",
                description: "How many rows there are.",
                of: ExtraType::Scalar(Scalar::Int),
            },
            Extra {
                name: "lessonIds",
                description: "The lessons, in the order of their rows; none after a dry run.",
                of: ExtraType::List(Scalar::Id),
            },
        ],
    },
    run: |cx, input| Box::pin(import(cx, input)),
};

/// A table of lessons.
#[derive(InputObject)]
pub struct ImportLessonsInput {
    /// The platform for which they are written.
    platform_id: Id<PlatformId>,
    /// The file: null in `operations`, and named in `map`.
    file: Upload,
    /// Only looks for what is wrong, and writes nothing.
    #[graphql(default)]
    dry_run: bool,
    /// Whose experience it is, where you write it down for another member of the platform.
    author_id: Option<Id<AccountId>>,
    /// The organisation for which the author speaks.
    organisation_id: Option<Id<OrganisationId>>,
    /// Who may see them once they are published, where their rows don't say; PUBLIC unless said.
    visibility: Option<Closed<Visibility>>,
    /// How the author is named, where their rows don't say; NAME unless said, and ORGANISATION for an API token.
    attribution: Option<Closed<Attribution>>,
}

async fn import(cx: &MutationContext<'_>, input: ImportLessonsInput) -> WriteResult<Written> {
    let mut refusal = Refusal::default();
    let platform = input.platform_id.check(&mut refusal, "platformId");
    let author = input.author_id.and_then(|id| id.check(&mut refusal, "authorId"));
    let organisation = input.organisation_id.and_then(|id| id.check(&mut refusal, "organisationId"));
    let upload = cx.file(&input.file, &mut refusal).cloned();
    let (platform, upload) = refusal.finish_with(platform.zip(upload))?;
    // Before anything is made of the file.
    let unit = cx.begin().await?;
    let country = may_import(&unit, &platform).await?;
    unit.abandon().await?;
    // A workbook is unpacked and taken apart, which takes a while.
    let read = tokio::task::spawn_blocking(move || read(&upload)).await;
    let (lessons, mut refusal) = read.map_err(|_| WriteError::Broken("reading a table failed"))??;
    let rows = lessons.len();

    let unit = cx.begin().await?;
    let unless_said = if unit.token().is_some() { Attribution::Organisation } else { Attribution::Name };
    let attribution = input.attribution.map_or(unless_said, |attribution| attribution.0);
    let visibility = input.visibility.map_or(Visibility::Public, |visibility| visibility.0);
    let uris: BTreeSet<String> = lessons.iter().flat_map(|lesson| &lesson.concepts).cloned().collect();
    let known = concepts_by_uri(&unit, &uris).await?;
    let mut ids = Vec::with_capacity(rows);
    for lesson in lessons {
        let number = lesson.number;
        check(&lesson, &country, &mut refusal);
        let is_sound = lesson.is_sound;
        let new = NewLesson {
            id: None,
            platform: platform.clone(),
            author: author.clone(),
            co_authors: Vec::new(),
            organisation: organisation.clone(),
            visibility: lesson.visibility.unwrap_or(visibility),
            attribution: lesson.attribution.unwrap_or(attribution),
            content: with_concepts(lesson, &known, &mut refusal),
        };
        if !is_sound {
            continue;
        }
        match draft::draft(&unit, new).await {
            Ok(written) => ids.extend(written.record),
            Err(WriteError::Refused(errors)) => {
                // What is wrong with who asks, or for whom, is so for every row.
                if errors.iter().any(is_of_all) {
                    return Err(WriteError::Refused(errors));
                }
                for error in errors {
                    refusal.push(row::placed(number, error));
                }
            }
            Err(error) => return Err(error),
        }
    }
    bounded(refusal)?;
    if input.dry_run {
        unit.abandon().await?;
        return Ok(Written::default().with("rows", rows).with("lessonIds", Vec::<String>::new()));
    }
    unit.commit(Written::default().with("rows", rows).with("lessonIds", ids)).await
}

fn is_of_all(error: &UserError) -> bool {
    matches!(error.field.as_deref(), None | Some("platformId" | "authorId" | "organisationId"))
}

/// The lessons of a file, with what is wrong with them so far.
fn read(upload: &File) -> Result<(Vec<Imported>, Refusal), WriteError> {
    if upload.file.bytes > MOST_BYTES {
        let message = format!("a table has {MOST_BYTES} bytes at most");
        return Err(refused(ErrorCode::FileTooLarge, message).into());
    }
    let mut bytes = Vec::new();
    let opened = upload.file.open().and_then(|file| file.take(MOST_BYTES).read_to_end(&mut bytes));
    if let Err(error) = opened {
        tracing::error!(%error, "a file that came with a request can't be read");
        return Err(WriteError::Broken("a file that came with the request can't be read"));
    }
    let Table { columns, rows } = table::read(&bytes)?;
    let mut refusal = Refusal::default();
    row::check_columns(&columns, &mut refusal);
    refusal.finish()?;
    let mut refusal = Refusal::default();
    let lessons: Vec<Imported> = rows.into_iter().map(|row| row::read(row, &columns, &mut refusal)).collect();
    let mut titles: HashMap<(String, String), usize> = HashMap::new();
    for lesson in &lessons {
        let Some(title) = &lesson.content.words.title else { continue };
        let language = lesson.content.language.as_ref().map(ToString::to_string).unwrap_or_default();
        if let Some(first) = titles.insert((title.to_lowercase(), language), lesson.number) {
            let error =
                UserError::at("title", ErrorCode::Conflict, format!("row {first} has the same title"));
            refusal.push(row::placed(lesson.number, error));
        }
    }
    Ok((lessons, refusal))
}

/// Whether the country of a row is that of the platform.
fn check(lesson: &Imported, country: &str, refusal: &mut Refusal) {
    if lesson.country.as_ref().is_some_and(|said| said.as_str() != country) {
        let error = UserError::at("country", ErrorCode::Invalid, format!("the platform is of {country}"));
        refusal.push(row::placed(lesson.number, error));
    }
}

/// What a row says, with its concepts; those that aren't known are noted.
fn with_concepts(
    lesson: Imported,
    known: &BTreeMap<String, ConceptId>,
    refusal: &mut Refusal,
) -> maip_persistence::lessons::content::Edit {
    let mut concepts = BTreeSet::new();
    for uri in &lesson.concepts {
        if let Some(id) = known.get(uri) {
            concepts.insert(id.clone());
        } else {
            let message = format!("there is no concept {uri:?} in the vocabulary");
            refusal.push(row::placed(
                lesson.number,
                UserError::at("concept_uris", ErrorCode::NotFound, message),
            ));
        }
    }
    maip_persistence::lessons::content::Edit { concepts: Some(concepts), ..lesson.content }
}

/// What is wrong, and where that is too much, its beginning.
fn bounded(refusal: Refusal) -> WriteResult<()> {
    let mut errors = refusal.into_errors();
    if errors.is_empty() {
        return Ok(());
    }
    let row = |error: &UserError| {
        let number = error.field.as_deref().and_then(|field| field.split('.').nth(1)?.parse::<usize>().ok());
        number.unwrap_or_default()
    };
    errors.sort_by_key(row);
    if errors.len() > MOST_PROBLEMS {
        let more = errors.len() - MOST_PROBLEMS;
        errors.truncate(MOST_PROBLEMS);
        errors.push(refused(ErrorCode::TooMany, format!("there are {more} problems more")));
    }
    Err(WriteError::Refused(errors))
}

/// The names of the columns, for a template.
pub fn columns() -> impl Iterator<Item = &'static str> {
    row::COLUMNS.iter().map(|(name, _)| *name)
}
