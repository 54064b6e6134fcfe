//! A lesson in unqualified Dublin Core.

use maip_api::partners::LessonRecord;

use super::super::xml::Xml;

/// Writes it.
pub fn write(xml: &mut Xml, lesson: &LessonRecord, base: &str, licence: &str) {
    xml.open(
        "oai_dc:dc",
        &[
            ("xmlns:oai_dc", "http://www.openarchives.org/OAI/2.0/oai_dc/"),
            ("xmlns:dc", "http://purl.org/dc/elements/1.1/"),
            ("xmlns:xsi", "http://www.w3.org/2001/XMLSchema-instance"),
            (
                "xsi:schemaLocation",
                "http://www.openarchives.org/OAI/2.0/oai_dc/ http://www.openarchives.org/OAI/2.0/oai_dc.xsd",
            ),
        ],
    );
    let language = [("xml:lang", lesson.language.as_str())];
    xml.text("dc:title", &language, &lesson.title);
    let organisation = lesson.organisation.as_ref().map(|named| named.name.as_str());
    // As the author chose to be named: by name, by the organisation alone, or not at all.
    match (lesson.author_name.as_deref(), organisation) {
        (Some(author), organisation) => {
            xml.text("dc:creator", &[], author);
            if let Some(name) = organisation {
                xml.text("dc:contributor", &[], name);
            }
        }
        (None, Some(organisation)) => xml.text("dc:creator", &[], organisation),
        (None, None) => {}
    }
    for concept in &lesson.concepts {
        xml.text("dc:subject", &[], &concept.label);
        xml.text("dc:subject", &[], &concept.uri);
    }
    xml.text("dc:description", &language, &lesson.gist);
    if let Some(day) = lesson.published_at.as_deref().and_then(|instant| instant.get(..10)) {
        xml.text("dc:date", &[], day);
    }
    xml.text("dc:type", &[], "Text");
    xml.text("dc:type", &[], "Lesson learned");
    xml.text("dc:identifier", &[], &format!("{base}/lessons/{}", lesson.id));
    // The same as linked data.
    for form in ["jsonld", "ttl"] {
        xml.text("dc:relation", &[], &format!("{base}/lessons/{}.{form}", lesson.id));
    }
    if let Some(platform) = &lesson.platform {
        xml.text("dc:source", &[], &platform.name);
    }
    xml.text("dc:language", &[], &lesson.language);
    xml.text("dc:coverage", &[], &lesson.country.name);
    xml.text("dc:coverage", &[], &lesson.country.code);
    if !licence.is_empty() {
        xml.text("dc:rights", &[], licence);
    }
    xml.close("oai_dc:dc");
}
