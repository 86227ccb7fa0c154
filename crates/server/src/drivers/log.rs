//! The log: lines to standard error, which may be a file on a full disk, a pipe whose reader has gone, or one that is slow.
//!
//! Owns that a log that cannot be written harms nothing else: a line is lost then and counted, and whatever was being done
//! goes on. (Left to itself, the formatter reports such a failure with a print that panics.)

use std::io::{IsTerminal as _, Write};

use tracing_subscriber::fmt::MakeWriter;

/// Logs go to standard error; `HEARTHLINE_LOG` chooses what, for example `info,engine=debug`.
pub(crate) fn logging() {
    let filter = tracing_subscriber::EnvFilter::try_from_env("HEARTHLINE_LOG")
        .unwrap_or_else(|_| tracing_subscriber::EnvFilter::new("warn,hearthline=info"));
    tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(Patient(std::io::stderr))
        .with_ansi(std::io::stderr().is_terminal())
        .log_internal_errors(false)
        .init();
}

/// Makes writers that never fail.
struct Patient<M>(M);

impl<'a, M: MakeWriter<'a>> MakeWriter<'a> for Patient<M> {
    type Writer = Lossy<M::Writer>;

    fn make_writer(&'a self) -> Self::Writer {
        Lossy(self.0.make_writer())
    }
}

/// Takes every line, and loses what it cannot pass on.
struct Lossy<W>(W);

impl<W: Write> Write for Lossy<W> {
    fn write(&mut self, line: &[u8]) -> std::io::Result<usize> {
        if self.0.write_all(line).is_err() {
            metrics::counter!("log_lines_lost_total").increment(1);
        }
        Ok(line.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Full;

    impl Write for Full {
        fn write(&mut self, _: &[u8]) -> std::io::Result<usize> {
            Err(std::io::ErrorKind::StorageFull.into())
        }

        fn flush(&mut self) -> std::io::Result<()> {
            Err(std::io::ErrorKind::StorageFull.into())
        }
    }

    #[test]
    fn a_log_that_cannot_be_written_is_no_error() {
        let mut log = Lossy(Full);
        assert_eq!(log.write(b"a line\n").unwrap(), 7);
        log.flush().unwrap();
        let mut kept = Lossy(Vec::new());
        kept.write_all(b"a line\n").unwrap();
        assert_eq!(kept.0, b"a line\n");
    }
}
