//! The web as browsers and carriers meet it: the real router over a store in memory.

mod circle;
mod handset;
mod hooks;
mod live;
mod matrix;
mod pages;
mod sign_in;
mod site;
