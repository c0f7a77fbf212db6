//! Two websockets with a proxy between them, and what a test makes them say.

use std::time::Duration;

use futures_util::{SinkExt, StreamExt};
use tautline_fault_proxy::{Entry, FaultProxy, Options, Search};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::mpsc;
use tokio::time::timeout;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::protocol::{CloseFrame, frame::coding::CloseCode};
use tokio_tungstenite::{WebSocketStream, accept_async, client_async};

/// How long a test waits for what should come.
const PATIENCE: Duration = Duration::from_secs(20);
/// How long a socket may refuse a message before it counts as full. It is full when nobody reads.
const FULL: Duration = Duration::from_millis(500);

/// A client and a server that hold each other's hand through the proxy.
pub(crate) struct Wire {
    pub(crate) proxy: FaultProxy,
    pub(crate) client: End,
    pub(crate) server: End,
    _listening: tokio::task::JoinHandle<()>,
}

/// One end.
pub(crate) struct End(WebSocketStream<TcpStream>);

impl Wire {
    pub(crate) async fn lay() -> Self {
        Self::lay_with(Options::default()).await
    }

    pub(crate) async fn lay_with(options: Options) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let origin = format!("http://{}", listener.local_addr().unwrap());
        let (taken, mut arriving) = mpsc::unbounded_channel();
        let listening = tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let _ = taken.send(End(accept_async(stream).await.unwrap()));
            }
        });
        let proxy = FaultProxy::start_with(&origin, options).await.unwrap();
        let client = connect(&proxy).await.expect("the proxy takes the client");
        let server = arriving.recv().await.unwrap();
        // Whoever comes later is kept, and says nothing.
        tokio::spawn(async move {
            let mut kept = Vec::new();
            while let Some(end) = arriving.recv().await {
                kept.push(end);
            }
        });
        Self { proxy, client, server, _listening: listening }
    }

    /// Waits until so much of it has happened, and not for ever.
    pub(crate) async fn found(&self, search: &Search, count: usize) -> Vec<Entry> {
        timeout(PATIENCE, self.proxy.found(search, count)).await.expect("it happens")
    }

    pub(crate) async fn another_client(&self) -> Option<End> {
        connect(&self.proxy).await
    }
}

async fn connect(proxy: &FaultProxy) -> Option<End> {
    let authority = proxy.url().replace("http://", "");
    let stream = TcpStream::connect(&authority).await.unwrap();
    let url = format!("ws://{authority}/socket.io/?EIO=4&transport=websocket");
    client_async(url, stream).await.ok().map(|(socket, _)| End(socket))
}

impl End {
    pub(crate) async fn say<T: Into<String>>(&mut self, texts: impl IntoIterator<Item = T>) {
        for text in texts {
            self.0.feed(Message::text(text.into())).await.unwrap();
        }
        self.0.flush().await.unwrap();
    }

    pub(crate) async fn say_bytes(&mut self, bytes: &'static [u8]) {
        self.0.send(Message::binary(bytes)).await.unwrap();
    }

    /// Says it if somebody takes it.
    pub(crate) async fn can_say(&mut self, text: &str) -> bool {
        timeout(FULL, self.0.send(Message::text(text))).await.is_ok()
    }

    pub(crate) async fn hear(&mut self, count: usize) -> Vec<String> {
        let mut heard = Vec::new();
        while heard.len() < count {
            match self.next().await {
                Some(Message::Text(text)) => heard.push(text.as_str().to_owned()),
                other => panic!("{other:?} after {heard:?}"),
            }
        }
        heard
    }

    pub(crate) async fn hear_bytes(&mut self) -> Vec<u8> {
        match self.next().await {
            Some(Message::Binary(bytes)) => bytes.to_vec(),
            other => panic!("{other:?}"),
        }
    }

    pub(crate) async fn close(&mut self, code: u16, reason: &'static str) {
        let frame = CloseFrame { code: CloseCode::from(code), reason: reason.into() };
        self.0.close(Some(frame)).await.unwrap();
    }

    /// The words of the other end's closing handshake.
    pub(crate) async fn closed(&mut self) -> Option<(u16, String)> {
        match self.next().await {
            Some(Message::Close(frame)) => {
                frame.map(|frame| (frame.code.into(), frame.reason.as_str().to_owned()))
            }
            other => panic!("{other:?}"),
        }
    }

    /// Waits until the other end is gone without a word.
    pub(crate) async fn gone(&mut self) {
        match timeout(PATIENCE, self.0.next()).await.expect("an end") {
            Some(Err(_)) | None => {}
            Some(Ok(message)) => panic!("{message:?}"),
        }
    }

    async fn next(&mut self) -> Option<Message> {
        timeout(PATIENCE, self.0.next()).await.expect("something is heard")?.ok()
    }
}

/// Numbered events.
pub(crate) fn texts(numbers: std::ops::Range<u32>) -> Vec<String> {
    numbers.map(|number| format!(r#"42/chat,["say",{{"number":{number}}}]"#)).collect()
}

/// An event that waits for one attachment.
pub(crate) fn attachment(event: &str) -> String {
    format!(r#"451-/chat,["{event}",{{"_placeholder":true,"num":0}}]"#)
}
