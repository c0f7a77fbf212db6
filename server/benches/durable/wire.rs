//! A client that costs next to nothing: websocket frames by hand, many in one call.

use anyhow::{Context as _, bail, ensure};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

/// One connection, in the namespace `/bench`.
pub(crate) struct Wire {
    stream: TcpStream,
    /// Frames that were not sent yet.
    out: Vec<u8>,
    /// What was received and not yet looked at.
    received: Vec<u8>,
    start: usize,
}

impl Wire {
    /// Connects and enters the namespace.
    pub(crate) async fn connect(address: &str) -> anyhow::Result<Self> {
        let mut stream = TcpStream::connect(address).await?;
        stream.set_nodelay(true)?;
        let request = format!(
            "GET /socket.io/?EIO=4&transport=websocket HTTP/1.1\r\nHost: {address}\r\n\
             Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n\
             Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"
        );
        stream.write_all(request.as_bytes()).await?;
        let mut wire = Self { stream, out: Vec::new(), received: Vec::new(), start: 0 };
        let end = loop {
            wire.fill().await?;
            let head = wire.received.windows(4).position(|bytes| bytes == b"\r\n\r\n");
            if let Some(end) = head {
                break end + 4;
            }
        };
        ensure!(wire.received.starts_with(b"HTTP/1.1 101"), "the upgrade was refused");
        wire.start = end;
        wire.push("40/bench,{}");
        wire.flush().await?;
        wire.wait_for("40/bench,").await?;
        Ok(wire)
    }

    /// Adds a text to what is sent next.
    pub(crate) fn push(&mut self, text: &str) {
        self.out.push(0x81);
        // A client has to mask. A mask of zeros changes nothing.
        match u16::try_from(text.len()) {
            Ok(length @ 0..=125) => self.out.push(0x80 | length.to_le_bytes()[0]),
            Ok(length) => {
                self.out.push(0x80 | 126);
                self.out.extend_from_slice(&length.to_be_bytes());
            }
            Err(_) => {
                self.out.push(0x80 | 127);
                self.out.extend_from_slice(&(text.len() as u64).to_be_bytes());
            }
        }
        self.out.extend_from_slice(&[0; 4]);
        self.out.extend_from_slice(text.as_bytes());
    }

    /// Sends what was added, in one call.
    pub(crate) async fn flush(&mut self) -> anyhow::Result<()> {
        self.stream.write_all(&self.out).await?;
        self.out.clear();
        Ok(())
    }

    /// The next text that starts so; answers heartbeats and passes over the rest.
    pub(crate) async fn wait_for(&mut self, prefix: &str) -> anyhow::Result<String> {
        loop {
            while let Some(text) = self.next()? {
                if text.starts_with(prefix.as_bytes()) {
                    return Ok(String::from_utf8(text.to_vec())?);
                }
            }
            self.flush().await?;
            self.fill().await?;
        }
    }

    /// Waits until there is more to look at.
    pub(crate) async fn fill(&mut self) -> anyhow::Result<()> {
        if self.start == self.received.len() {
            self.received.clear();
            self.start = 0;
        } else if self.start > 1 << 20 {
            self.received.drain(..self.start);
            self.start = 0;
        }
        if self.received.capacity() - self.received.len() < 16 * 1024 {
            self.received.reserve(64 * 1024);
        }
        let read = self.stream.read_buf(&mut self.received).await?;
        ensure!(read > 0, "the server closed the connection");
        Ok(())
    }

    /// The next whole text that was received, if there is one. Answers heartbeats.
    pub(crate) fn next(&mut self) -> anyhow::Result<Option<&[u8]>> {
        let rest = &self.received[self.start..];
        let Some(head) = rest.first_chunk::<2>() else { return Ok(None) };
        let long = |at: usize, of: usize| -> Option<usize> {
            let bytes = rest.get(at..at + of)?;
            Some(bytes.iter().fold(0, |length, byte| length << 8 | usize::from(*byte)))
        };
        let (header, length) = match head[1] {
            126 => (4, long(2, 2)),
            127 => (10, long(2, 8)),
            length => (2, Some(usize::from(length))),
        };
        let Some(length) = length else { return Ok(None) };
        let (from, to) = (self.start + header, self.start + header + length);
        if self.received.len() < to {
            return Ok(None);
        }
        self.start = to;
        match head[0] {
            0x81 if &self.received[from..to] == b"2" => {
                self.push("3");
                Ok(Some(&[]))
            }
            0x81 => {
                let text = &self.received[from..to];
                let refusal = text.starts_with(b"43/bench") && text.ends_with(b"}}]");
                if refusal && text.windows(10).take(24).any(|word| word == b"[{\"error\":") {
                    bail!("the server refused: {}", String::from_utf8_lossy(text));
                }
                Ok(Some(text))
            }
            other => bail!("a frame of the kind {other:#x}"),
        }
    }
}

/// The number behind `43/bench,`.
pub(crate) fn ack(text: &[u8]) -> anyhow::Result<Option<u32>> {
    let Some(rest) = text.strip_prefix(b"43/bench,") else { return Ok(None) };
    let digits = rest.iter().take_while(|byte| byte.is_ascii_digit());
    let number = digits.fold(0, |number, digit| number * 10 + u32::from(digit - b'0'));
    Ok(Some(rest.first().map(|_| number).context("an acknowledgement of nothing")?))
}
