//! Reading page exports of a knowledge site into documents.
