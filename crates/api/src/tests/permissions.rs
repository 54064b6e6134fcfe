//! What one may do with a record, in lists.

use serde_json::Value;

use super::lessons::published;
use super::world::in_the_world;

in_the_world! {
    async fn what_depends_on_the_viewer_alone_is_said_of_each_of_a_list(world) {
        published(world, "Drying dates").await;
        let query = "{ lessons { nodes { concepts { viewerCan { allowed } } } } }";
        for who in ["", "mona", "admin"] {
            let answer = world.data(who, query, Value::Null).await;
            let concepts = answer["lessons"]["nodes"][0]["concepts"].as_array().unwrap();
            assert!(!concepts.is_empty(), "{who:?}: {answer}");
            assert!(concepts.iter().all(|concept| concept["viewerCan"].is_array()), "{who:?}: {answer}");
        }
    }
}
