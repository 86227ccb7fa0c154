//! The full-text index of the knowledge base.
