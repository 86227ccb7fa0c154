//! What strangers and a bad log may cost: never an answer of somebody else's.

use std::io::Read as _;
use std::net::{SocketAddr, TcpStream};
use std::time::Duration;

use crate::http::call;
use crate::place::Place;
use crate::program::Server;

/// Longer than the program lets a peer be silent.
const PATIENCE: Duration = Duration::from_secs(40);

#[test]
fn a_log_that_nobody_reads_harms_no_answer() {
    let place = Place::bare();
    let server = Server::start_unread(&place, "debug");
    for _ in 0..3 {
        assert_eq!(call(server.port, "GET", "/healthz", &[], b"").unwrap().status, 200);
        assert_eq!(call(server.port, "GET", "/nothing", &[], b"").unwrap().status, 404);
    }
    assert_eq!(call(server.port, "GET", "/readyz", &[], b"").unwrap().status, 200);
    assert!(server.stop(30).success());
}

#[test]
fn peers_who_say_nothing_are_ended_and_shut_nobody_out() {
    let place = Place::bare();
    // Room for 32 connections.
    let server = Server::start_with_handles(&place, 128);
    let address = SocketAddr::from(([127, 0, 0, 1], server.port));
    let silent: Vec<TcpStream> = (0..60).map(|_| TcpStream::connect(address).unwrap()).collect();
    assert_eq!(call(server.port, "GET", "/healthz", &[], b"").unwrap().status, 200);
    for mut stream in silent {
        stream.set_read_timeout(Some(PATIENCE)).unwrap();
        assert_eq!(stream.read(&mut [0; 1]).unwrap_or(0), 0, "ended without a word");
    }
    assert!(server.stop(30).success());
}
