//! Cycles and ancestors in a hierarchy where a concept may have several parents, given as the
//! parents of each place. Nothing here recurses, however deep the hierarchy is.

/// A cycle, if there is one: each place is followed by one of its parents, and the last is the
/// first again.
pub(super) fn cycle(parents: &[Vec<usize>]) -> Option<Vec<usize>> {
    let mut done = vec![false; parents.len()];
    let mut on_path = vec![false; parents.len()];
    // The path from the start, with how many parents of each place were looked at.
    let mut path: Vec<(usize, usize)> = Vec::new();
    for start in 0..parents.len() {
        if done[start] {
            continue;
        }
        on_path[start] = true;
        path.push((start, 0));
        while let Some((place, looked_at)) = path.last_mut() {
            let Some(&parent) = parents[*place].get(*looked_at) else {
                on_path[*place] = false;
                done[*place] = true;
                path.pop();
                continue;
            };
            *looked_at += 1;
            if on_path[parent] {
                let closed = path.iter().map(|(place, _)| *place).skip_while(|place| *place != parent);
                return Some(closed.chain([parent]).collect());
            }
            if !done[parent] {
                on_path[parent] = true;
                path.push((parent, 0));
            }
        }
    }
    None
}

/// Walks to the ancestors of one place after the other, in memory that is used again.
pub(super) struct Ancestors<'a> {
    parents: &'a [Vec<usize>],
    /// The place for which this one was met last.
    met_for: Vec<Option<usize>>,
    found: Vec<(usize, u32)>,
}

impl<'a> Ancestors<'a> {
    /// Of a hierarchy without cycles.
    pub(super) fn new(parents: &'a [Vec<usize>]) -> Self {
        Self { parents, met_for: vec![None; parents.len()], found: Vec::new() }
    }

    /// The place itself at distance 0, and everything broader with its shortest distance.
    pub(super) fn of(&mut self, place: usize) -> &[(usize, u32)] {
        self.found.clear();
        self.found.push((place, 0));
        self.met_for[place] = Some(place);
        let mut next = 0;
        while let Some(&(current, distance)) = self.found.get(next) {
            next += 1;
            for &parent in &self.parents[current] {
                if self.met_for[parent] != Some(place) {
                    self.met_for[parent] = Some(place);
                    self.found.push((parent, distance + 1));
                }
            }
        }
        &self.found
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cycle_is_found_with_its_chain_alone() {
        // 0 leads to the cycle 1, 2, 3 and isn't part of it.
        let parents = [vec![1], vec![4, 2], vec![3], vec![1], vec![]];
        assert_eq!(cycle(&parents), Some(vec![1, 2, 3, 1]));
    }

    #[test]
    fn two_ways_to_the_same_ancestor_are_no_cycle() {
        let parents = [vec![1, 2], vec![3], vec![3], vec![]];
        assert_eq!(cycle(&parents), None);
    }

    #[test]
    fn ancestors_have_their_shortest_distance() {
        let parents = [vec![1, 3], vec![2], vec![3], vec![]];
        let mut ancestors = Ancestors::new(&parents);
        assert_eq!(ancestors.of(0), [(0, 0), (1, 1), (3, 1), (2, 2)]);
        assert_eq!(ancestors.of(2), [(2, 0), (3, 1)]);
    }

    #[test]
    fn a_very_deep_hierarchy_doesnt_exhaust_the_stack() {
        let deep = 200_000;
        let mut parents: Vec<Vec<usize>> = (1..=deep).map(|parent| vec![parent]).collect();
        parents.push(vec![]);
        assert_eq!(cycle(&parents), None);
        assert_eq!(Ancestors::new(&parents).of(0).len(), deep + 1);
        parents[deep].push(0);
        assert_eq!(cycle(&parents).map(|chain| chain.len()), Some(deep + 2));
    }
}
