//! Type codes of a compiled signature.

/// One type code of a signature, and where to go on.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Node {
    pub(crate) code: u8,
    /// Index just after the single complete type that begins here; the node's own at the end of a struct or entry.
    pub(crate) next: u8,
    /// The type code of an array's element if that is a basic type, so that the array is passed as a whole; else 0.
    pub(crate) element: u8,
}

/// Index just after the single complete type that begins at `index` of a compiled signature.
pub(crate) fn type_end_of(nodes: &[Node], index: usize) -> usize {
    nodes.get(index).map_or(index, |node| usize::from(node.next))
}
