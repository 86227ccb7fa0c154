//! What differs between two versions of a page, for people: by block, and within a block by word.
