//! The verbs that answer at once, and what a record looks like.

use maip_api::partners::{LessonRecord, Prepared, Stamped};
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

use super::super::ask::{Asking, Refusal};
use super::super::xml::Xml;
use super::problem::{Failed, Problem};
use super::{FORMAT, dublin_core, sets, stamp};
use crate::installation::Installation;

const XSI: &str = "http://www.w3.org/2001/XMLSchema-instance";

pub async fn identify<I: Installation>(xml: &mut Xml, asking: &Asking<I>, base: &str) -> Result<(), Failed> {
    let published = &asking.app().settings.published;
    let mut variables = Map::new();
    variables.insert("first".to_owned(), 1.into());
    let oldest = asking.page::<Stamped>(Prepared::Stamps, variables).await?.nodes.into_iter().next();
    let now = || asking.app().installation.now().to_rfc3339();
    let earliest = oldest.map_or_else(now, |lesson| lesson.updated_at);
    let domain = published.domain(base);
    xml.open("Identify", &[]);
    xml.text("repositoryName", &[], &format!("MAIP lessons of {domain}"));
    xml.text("baseURL", &[], &format!("{base}/oai"));
    xml.text("protocolVersion", &[], "2.0");
    xml.text("adminEmail", &[], &published.email(base));
    xml.text("earliestDatestamp", &[], &stamp::seconds(&earliest));
    // What is no longer public leaves no trace, not even that it was.
    xml.text("deletedRecord", &[], "no");
    xml.text("granularity", &[], "YYYY-MM-DDThh:mm:ssZ");
    xml.text("compression", &[], "gzip");
    xml.open("description", &[]);
    xml.open(
        "oai-identifier",
        &[
            ("xmlns", "http://www.openarchives.org/OAI/2.0/oai-identifier"),
            ("xmlns:xsi", XSI),
            (
                "xsi:schemaLocation",
                "http://www.openarchives.org/OAI/2.0/oai-identifier http://www.openarchives.org/OAI/2.0/oai-identifier.xsd",
            ),
        ],
    );
    xml.text("scheme", &[], "oai");
    xml.text("repositoryIdentifier", &[], domain);
    xml.text("delimiter", &[], ":");
    xml.text("sampleIdentifier", &[], &format!("oai:{domain}:lesson_01h455vb4pex5vsknk084sn02q"));
    xml.close("oai-identifier");
    xml.close("description");
    xml.close("Identify");
    Ok(())
}

pub async fn list_metadata_formats<I: Installation>(
    xml: &mut Xml,
    asking: &Asking<I>,
    base: &str,
    identifier: Option<&str>,
) -> Result<(), Failed> {
    if let Some(identifier) = identifier {
        find::<Stamped, _>(asking, base, Prepared::Stamp, identifier).await?;
    }
    xml.open("ListMetadataFormats", &[]);
    xml.open("metadataFormat", &[]);
    xml.text("metadataPrefix", &[], FORMAT);
    xml.text("schema", &[], "http://www.openarchives.org/OAI/2.0/oai_dc.xsd");
    xml.text("metadataNamespace", &[], "http://www.openarchives.org/OAI/2.0/oai_dc/");
    xml.close("metadataFormat");
    xml.close("ListMetadataFormats");
    Ok(())
}

pub async fn get_record<I: Installation>(
    xml: &mut Xml,
    asking: &Asking<I>,
    base: &str,
    identifier: &str,
) -> Result<(), Failed> {
    let lesson: LessonRecord = find(asking, base, Prepared::Lesson, identifier).await?;
    xml.open("GetRecord", &[]);
    record(xml, asking, base, &lesson);
    xml.close("GetRecord");
    Ok(())
}

/// The lesson with an identifier of ours.
async fn find<T: DeserializeOwned, I: Installation>(
    asking: &Asking<I>,
    base: &str,
    prepared: Prepared,
    identifier: &str,
) -> Result<T, Failed> {
    let domain = asking.app().settings.published.domain(base);
    let id = identifier.strip_prefix("oai:").and_then(|rest| rest.strip_prefix(domain)?.strip_prefix(':'));
    let Some(id) = id else { return Err(Problem::IdDoesNotExist.into()) };
    let mut variables = Map::new();
    variables.insert("id".to_owned(), Value::from(id));
    match asking.read(prepared, variables).await {
        Ok(Some(lesson)) => Ok(lesson),
        // What can't be an id is the id of nothing.
        Ok(None) | Err(Refusal::Refused(_)) => Err(Problem::IdDoesNotExist.into()),
        Err(refusal) => Err(refusal.into()),
    }
}

/// A record: its header and its Dublin Core.
pub fn record<I: Installation>(xml: &mut Xml, asking: &Asking<I>, base: &str, lesson: &LessonRecord) {
    xml.open("record", &[]);
    header(xml, asking, base, &lesson.stamp());
    xml.open("metadata", &[]);
    dublin_core::write(xml, lesson, base, &asking.app().settings.published.licence);
    xml.close("metadata");
    xml.close("record");
}

/// Which lesson it is, when it changed, and the sets that it is in.
pub fn header<I: Installation>(xml: &mut Xml, asking: &Asking<I>, base: &str, lesson: &Stamped) {
    let domain = asking.app().settings.published.domain(base);
    xml.open("header", &[]);
    xml.text("identifier", &[], &format!("oai:{domain}:{}", lesson.id));
    xml.text("datestamp", &[], &stamp::seconds(&lesson.updated_at));
    for set in sets::of(&lesson.country) {
        xml.text("setSpec", &[], &set);
    }
    xml.close("header");
}
