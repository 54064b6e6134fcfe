//! What an operation may cost at most: about the number of records that it can read and return. The
//! sizes of nested lists multiply. Questions about the schema cost as much as records whose answer is as
//! long.

use crate::errors::Failure;

/// The places of a short list that are counted; few lists are longer.
const SHORT_LIST: u64 = 10;
/// Counting goes over many more rows than it returns.
const COUNT: u64 = 10;

/// Words and concepts are looked up, and what has them is put in order and counted.
const SEARCH: u64 = 50;

/// Each kind is looked through in its index.
const SUGGEST: u64 = 20;

/// `__schema`: the answer to what tools send is as long as that of some hundred records.
const SCHEMA: u64 = 500;
/// `__type`: of some two hundred types, one.
const ONE_TYPE: u64 = 50;

pub(super) struct Cost {
    spent: u64,
    most: u64,
}

impl Cost {
    pub fn new(most: u64) -> Self {
        Self { spent: 0, most }
    }

    /// So many records; gives the number of them for what is nested below.
    pub fn records(&mut self, parents: u64, each: u64) -> Result<u64, Failure> {
        let records = parents.saturating_mul(each);
        self.spend(records)?;
        Ok(records)
    }

    /// A short list for each parent.
    pub fn short_list(&mut self, parents: u64, most: u32) -> Result<u64, Failure> {
        self.records(parents, u64::from(most).min(SHORT_LIST))
    }

    /// One question about the schema.
    pub fn schema(&mut self, whole: bool) -> Result<(), Failure> {
        let cost = if whole { SCHEMA } else { ONE_TYPE };
        // Whatever an operation may cost, asking once is allowed.
        self.spend(cost.min(self.most))
    }

    /// A count for each parent.
    pub fn count(&mut self, parents: u64) -> Result<(), Failure> {
        self.spend(parents.saturating_mul(COUNT))
    }

    /// One search, which looks at some thousand rows of the index.
    pub fn search(&mut self) -> Result<(), Failure> {
        self.spend(SEARCH)
    }

    /// Suggestions, which look at some hundred rows of an index.
    pub fn suggest(&mut self) -> Result<(), Failure> {
        self.spend(SUGGEST)
    }

    /// What it costs; nothing is for nothing.
    pub fn sum(&self) -> u64 {
        self.spent.max(1)
    }

    fn spend(&mut self, units: u64) -> Result<(), Failure> {
        self.spent = self.spent.saturating_add(units);
        if self.spent > self.most {
            let most = self.most;
            return Err(Failure::too_complex(format!(
                "the operation asks for too much: it costs more than {most}, which is about the number of records \
                 that it can return; ask for shorter lists or fewer nested ones"
            )));
        }
        Ok(())
    }
}
