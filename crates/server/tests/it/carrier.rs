//! The carrier's REST interface on this machine: records what the program sends, and answers as it is told to.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};

use crate::http::{fields, header, read_lines};

/// One request of the program.
#[derive(Debug, Clone)]
pub(crate) struct Call {
    pub(crate) method: String,
    pub(crate) path: String,
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: String,
    pub(crate) to: String,
    pub(crate) from: String,
    pub(crate) text: String,
    pub(crate) callback: String,
    /// The idempotency key, which travels in the callback's address.
    pub(crate) key: String,
    /// The id under which it was taken, if it was.
    pub(crate) sid: Option<String>,
}

/// How to answer a request.
#[derive(Debug, Clone)]
pub(crate) enum Say {
    /// 201 with an id.
    Yes,
    /// Take it, and close the connection without an answer.
    YesUnheard,
    /// Close the connection without taking it.
    Nothing,
    /// Not taken: status, a header, JSON.
    No(u16, &'static str, &'static str),
}

type Answering = dyn FnMut(&Call) -> Say + Send;

/// The carrier, until the test ends.
pub(crate) struct Carrier {
    pub(crate) port: u16,
    calls: Arc<Mutex<Vec<Call>>>,
}

impl Carrier {
    /// Opens the port. `answer` sees each request before it is answered; `taken` each one that was taken.
    pub(crate) fn start(
        answer: impl FnMut(&Call) -> Say + Send + 'static,
        taken: impl Fn(&Call) + Send + Sync + 'static,
    ) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let calls: Arc<Mutex<Vec<Call>>> = Arc::default();
        let (answer, taken, kept) = (Arc::new(Mutex::new(answer)), Arc::new(taken), Arc::clone(&calls));
        std::thread::spawn(move || {
            for stream in listener.incoming().map_while(Result::ok) {
                let (answer, taken, kept) = (Arc::clone(&answer), Arc::clone(&taken), Arc::clone(&kept));
                std::thread::spawn(move || {
                    // A program that is killed breaks its connections.
                    let _ = serve(stream, &*answer, &*taken, &kept);
                });
            }
        });
        Self { port, calls }
    }

    /// One that takes everything.
    pub(crate) fn willing() -> Self {
        Self::start(|_| Say::Yes, |_| {})
    }

    /// Every request so far, in the order of arrival.
    pub(crate) fn calls(&self) -> Vec<Call> {
        self.calls.lock().unwrap().clone()
    }
}

fn serve(
    stream: TcpStream,
    answer: &Mutex<Answering>,
    taken: &(dyn Fn(&Call) + Send + Sync),
    kept: &Mutex<Vec<Call>>,
) -> std::io::Result<()> {
    let mut reader = BufReader::new(stream);
    let Some(mut call) = read_call(&mut reader)? else { return Ok(()) };
    let say = {
        let mut kept = kept.lock().unwrap();
        let say = (*answer.lock().unwrap())(&call);
        if matches!(say, Say::Yes | Say::YesUnheard) {
            call.sid = Some(format!("SM{:032x}", kept.len() + 1));
        }
        kept.push(call.clone());
        say
    };
    if call.sid.is_some() {
        taken(&call);
    }
    let (status, extra, body) = match &say {
        Say::Yes => {
            (201, "X-Taken: yes", serde_json::json!({ "sid": call.sid, "status": "queued" }).to_string())
        }
        Say::YesUnheard | Say::Nothing => return Ok(()),
        Say::No(status, extra, body) => (*status, *extra, (*body).to_owned()),
    };
    let length = body.len();
    let head = format!(
        "HTTP/1.1 {status} Said\r\nContent-Type: application/json\r\n{extra}\r\nContent-Length: {length}\r\nConnection: close\r\n\r\n"
    );
    reader.get_mut().write_all((head + &body).as_bytes())
}

fn read_call(reader: &mut BufReader<TcpStream>) -> std::io::Result<Option<Call>> {
    if reader.fill_buf()?.is_empty() {
        return Ok(None);
    }
    let (first, headers) = read_lines(reader)?;
    let length = header(&headers, "content-length").and_then(|length| length.parse().ok()).unwrap_or(0);
    let mut body = vec![0; length];
    reader.read_exact(&mut body)?;
    let found = fields(&body);
    let field = |name: &str| header(&found, name).unwrap_or_default().to_owned();
    let callback = field("StatusCallback");
    let key = callback.split_once("?key=").map(|(_, key)| key.to_owned()).unwrap_or_default();
    let mut words = first.split(' ').map(str::to_owned);
    Ok(Some(Call {
        method: words.next().unwrap_or_default(),
        path: words.next().unwrap_or_default(),
        headers,
        body: String::from_utf8_lossy(&body).into_owned(),
        to: field("To"),
        from: field("From"),
        text: field("Body"),
        callback,
        key,
        sid: None,
    }))
}
