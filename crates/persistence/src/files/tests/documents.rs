//! PDF with everything that programs write into it.

use lopdf::{Dictionary, Document, Object, SaveOptions, Stream, StringFormat, dictionary};

use super::*;

const CANARY: &[u8] = b"Ada Banda, +15.7861-035.0058";

fn text(bytes: &[u8]) -> Object {
    Object::String(bytes.to_vec(), StringFormat::Literal)
}

/// A page, and all that may be beside it.
fn document(talkative: bool) -> Document {
    let mut document = Document::with_version("1.5");
    let pages = document.new_object_id();
    let content = document.add_object(Stream::new(Dictionary::new(), b"BT (Racks) Tj ET".to_vec()));
    let mut page = dictionary! {
        "Type" => "Page", "Parent" => pages, "Contents" => content,
        "MediaBox" => vec![0.into(), 0.into(), 200.into(), 200.into()],
    };
    let mut catalog = dictionary! { "Type" => "Catalog", "Pages" => pages };
    if talkative {
        let metadata = dictionary! { "Type" => "Metadata", "Subtype" => "XML" };
        let metadata = document.add_object(Stream::new(metadata, CANARY.to_vec()));
        let script = dictionary! { "S" => "JavaScript", "JS" => text(CANARY) };
        let script = document.add_object(script);
        let launch = dictionary! { "Type" => "Action", "S" => "Launch", "F" => text(CANARY) };
        let launch = document.add_object(launch);
        let embedded = Stream::new(dictionary! { "Type" => "EmbeddedFile" }, CANARY.to_vec());
        let embedded = document.add_object(embedded);
        let file = dictionary! { "Type" => "Filespec", "F" => text(CANARY), "EF" => dictionary! { "F" => embedded } };
        let file = document.add_object(file);
        let rect = || -> Vec<Object> { vec![0.into(), 0.into(), 9.into(), 9.into()] };
        let attached = dictionary! {
            "Type" => "Annot", "Subtype" => "FileAttachment", "Rect" => rect(), "FS" => file, "Contents" => text(CANARY),
        };
        let note = dictionary! {
            "Type" => "Annot", "Subtype" => "Text", "Rect" => rect(), "T" => text(CANARY), "Contents" => text(b"Why racks?"),
        };
        let leads = dictionary! { "Type" => "Annot", "Subtype" => "Link", "Rect" => rect(), "A" => launch };
        let notes: Vec<Object> = vec![
            document.add_object(attached).into(),
            document.add_object(note).into(),
            document.add_object(leads).into(),
        ];
        page.set("Annots", notes);
        page.set("PieceInfo", dictionary! { "Program" => text(CANARY) });
        page.set("AA", dictionary! { "O" => script });
        catalog.set("Metadata", metadata);
        catalog.set("OpenAction", script);
        let named = |what| dictionary! { "Names" => vec![text(b"a"), Object::Reference(what)] };
        catalog.set("Names", dictionary! { "EmbeddedFiles" => named(file), "JavaScript" => named(script) });
        let info = dictionary! { "Author" => text(CANARY), "CreationDate" => text(CANARY) };
        let info = document.add_object(info);
        document.trailer.set("Info", info);
        // Nothing leads to it: what an earlier version said.
        document.add_object(text(CANARY));
        let signature = dictionary! { "Type" => "Sig", "Name" => text(CANARY) };
        let signature = document.add_object(signature);
        let field = dictionary! { "FT" => "Sig", "T" => text(b"signed"), "V" => signature };
        let field = document.add_object(field);
        catalog.set("AcroForm", dictionary! { "Fields" => vec![Object::Reference(field)] });
    }
    let page = document.add_object(page);
    let all = dictionary! { "Type" => "Pages", "Kids" => vec![Object::Reference(page)], "Count" => 1 };
    document.objects.insert(pages, all.into());
    let catalog = document.add_object(catalog);
    document.trailer.set("Root", catalog);
    document
}

fn saved(mut document: Document, packed: bool) -> Vec<u8> {
    let options =
        SaveOptions { use_object_streams: packed, use_xref_streams: packed, ..SaveOptions::default() };
    let mut bytes = Vec::new();
    document.save_with_options(&mut bytes, options).unwrap();
    bytes
}

/// Every text and every stream of a document.
fn everything(document: &Document) -> Vec<u8> {
    document.objects.values().fold(Vec::new(), |mut all, object| {
        all.extend(format!("{object:?}").into_bytes());
        if let Ok(stream) = object.as_stream() {
            all.extend(stream.get_plain_content().unwrap());
        }
        all
    })
}

fn says(bytes: &[u8], what: &[u8]) -> bool {
    memchr::memmem::find(bytes, what).is_some()
}

#[tokio::test]
async fn a_document_says_nothing_beside_what_it_shows() {
    let (files, _folder) = files(1_000);
    for packed in [false, true] {
        let bytes = saved(document(true), packed);
        let served = served(&files, &bytes).await.unwrap();
        let read = Document::load_mem(&served).unwrap();
        assert_eq!(read.get_pages().len(), 1);
        let all = everything(&read);
        for gone in [CANARY, b"JavaScript", b"Launch", b"EmbeddedFile", b"FileAttachment", b"CreationDate"] {
            assert!(!says(&all, gone) && !says(&served, gone), "{}", gone.escape_ascii());
        }
        for stays in [b"Racks".as_slice(), b"Why racks?"] {
            assert!(says(&all, stays), "{}", stays.escape_ascii());
        }
        assert!(read.trailer.get(b"Info").is_err());
    }
}

#[tokio::test]
async fn what_earlier_versions_of_a_document_said_is_gone() {
    let (files, _folder) = files(1_000);
    let mut bytes = saved(document(true), false);
    let mut update =
        lopdf::IncrementalDocument::create_from(bytes.clone(), Document::load_mem(&bytes).unwrap());
    let root = update.get_prev_documents().trailer.get(b"Root").unwrap().as_reference().unwrap();
    update.opt_clone_object_to_new_document(root).unwrap();
    let mut updated = Vec::new();
    update.save_to(&mut updated).unwrap();
    assert!(says(&updated, CANARY) && updated.len() > bytes.len());
    bytes = served(&files, &updated).await.unwrap();
    assert!(!says(&bytes, CANARY) && !says(&everything(&Document::load_mem(&bytes).unwrap()), CANARY));
}

#[tokio::test]
async fn a_document_that_can_not_be_read_is_refused() {
    let (files, _folder) = files(1_000);
    let whole = saved(document(false), false);
    assert!(served(&files, &whole).await.is_ok());
    let mut encrypted = document(false);
    encrypted.trailer.set("Encrypt", dictionary! { "Filter" => "Standard", "V" => 1, "R" => 2 });
    let mut empty = document(false);
    let root = empty.trailer.get(b"Root").unwrap().as_reference().unwrap();
    empty.get_dictionary_mut(root).unwrap().remove(b"Pages");
    for (what, bytes) in [
        ("cut short", whole[..whole.len() / 2].to_vec()),
        ("nothing but its ends", b"%PDF-1.4\n%%EOF\n".to_vec()),
        ("encrypted", saved(encrypted, false)),
        ("without a page", saved(empty, false)),
    ] {
        assert_eq!(served(&files, &bytes).await.unwrap_err(), AttachmentRefusal::Unreadable, "{what}");
    }
}

#[tokio::test]
async fn a_bomb_in_a_document_is_refused() {
    let (files, _folder) = files(1_000);
    let unpacked = [b"9 0 ".as_slice(), &vec![b' '; 80 << 20]].concat();
    let mut packed = Stream::new(dictionary! { "Type" => "ObjStn", "N" => 1, "First" => 4 }, unpacked);
    packed.compress().unwrap();
    let mut bomb = document(false);
    bomb.add_object(packed);
    let mut bytes = saved(bomb, false);
    // The writer leaves out what is none of its own.
    let at = memchr::memmem::find(&bytes, b"ObjStn").unwrap();
    bytes[at + 5] = b'm';
    assert!(bytes.len() < 1 << 20);
    assert_eq!(served(&files, &bytes).await.unwrap_err(), AttachmentRefusal::Unreadable);
}
