//! The texts that are kept: each plan gets its own, with its own values.

use super::plans::Plans;
use crate::read::plan::ReadPlan;
use crate::read::render::render;
use crate::read::sql::Dialect;
use crate::read::statements::Statements;
use crate::tests::data::Data;

const PLANS: usize = 4_000;

#[test]
fn a_kept_statement_is_the_one_that_would_be_rendered() {
    let data = Data::new(6);
    let mut plans = Plans::new(7, &data);
    let statements = Statements::default();
    for _ in 0..PLANS {
        let viewer = data.viewers[plans.random.below(data.viewers.len())].clone();
        let plan = ReadPlan::new(viewer, data.now, plans.roots());
        for dialect in [Dialect::Sqlite, Dialect::Postgres] {
            let rendered = render(&plan, dialect);
            for _ in 0..2 {
                let (text, values) = statements.of(&plan, dialect);
                assert_eq!(*text, *rendered.text, "{plan:?}");
                assert_eq!(values, rendered.values, "{plan:?}");
            }
        }
    }
    let (number, bytes) = statements.size();
    assert!(number <= 1_000 && bytes <= 16 << 20, "{number} statements, {bytes} bytes");
}
