//! Everything at once, many times: producers that come and go, readers that are cut or do not read, a
//! journal that fails, servers that are started anew. In stopped time, and the same for each seed.

use tautline::Uuid;
use tautline_server::journal::{Health, Host};
use tautline_server::{Server, Settings, StreamError};

use super::super::journal::{FORGETFUL, FULL, Faulty, WELL};
use super::contract::Pages;
use super::scribe::{Reader, Scribe, Writing, begin, pass, text};

const RUNS: u64 = 25;
const STEPS: u32 = 120;
const READERS: usize = 3;

/// A stream as it should be.
struct Model {
    id: Uuid,
    /// What producers were told that it was taken.
    taken: String,
    producer: Option<Writing>,
    is_over: bool,
}

struct Run {
    random: u64,
    scribe: Scribe,
    journal: Faulty,
    server: Server,
    /// Some are cut.
    readers: Vec<Reader>,
    is_cut: Vec<bool>,
    streams: Vec<Model>,
    words: u32,
    tally: Tally,
}

/// What has happened: a run in which nothing does shows nothing.
#[derive(Debug, Default)]
struct Tally {
    fenced: u32,
    left_to_its_lease: u32,
    faults: u32,
    restarts: u32,
    subscribed: u32,
}

fn narrow() -> Settings {
    Settings { outbound_frames: 4, engine_packets: 4, ..Settings::default() }
}

impl Run {
    async fn new(seed: u64) -> Self {
        let (scribe, journal) = (Scribe::default(), Faulty::new(Host::Task));
        let server = scribe.server_with(journal.clone(), narrow());
        let mut readers = Vec::new();
        for _ in 0..READERS {
            readers.push(Reader::of(&server, "a").await);
        }
        let is_cut = vec![false; READERS];
        // Not zero, and not alike for neighbours.
        let random = (seed + 1).wrapping_mul(0x9e37_79b9_7f4a_7c15);
        let (streams, words, tally) = (Vec::new(), 0, Tally::default());
        Self { random, scribe, journal, server, readers, is_cut, streams, words, tally }
    }

    /// A number below this one. Xorshift, since a run must be the same everywhere.
    fn below(&mut self, end: usize) -> usize {
        self.random ^= self.random << 13;
        self.random ^= self.random >> 7;
        self.random ^= self.random << 17;
        usize::try_from(self.random >> 33).unwrap() % end
    }

    async fn step(&mut self) {
        match self.below(20) {
            0 => self.begin().await,
            1..=8 => self.append().await,
            9 => self.come_back().await,
            10 => self.leave(),
            11 => self.end().await,
            12 => self.break_journal().await,
            13 => self.cut(),
            14 => self.stall(),
            15 => self.check().await,
            16 if self.below(4) == 0 => self.restart().await,
            _ => {
                let ms = self.below(120) as u64;
                pass(ms).await;
            }
        }
    }

    /// One of the streams that are not over.
    fn open(&mut self) -> Option<usize> {
        let open: Vec<usize> =
            (0..self.streams.len()).filter(|place| !self.streams[*place].is_over).collect();
        (!open.is_empty()).then(|| open[self.below(open.len())])
    }

    async fn begin(&mut self) {
        if self.streams.len() < 12 {
            let stream = begin(&self.server, "a");
            // Its start is stored: the journal is well between the steps.
            pass(1).await;
            let (id, taken) = (stream.id(), String::new());
            self.streams.push(Model { id, taken, producer: Some(stream), is_over: false });
        }
    }

    async fn append(&mut self) {
        let Some(place) = self.open() else { return };
        self.words += 1;
        let word = format!("{}{} ", "x".repeat(self.below(400)), self.words);
        let model = &mut self.streams[place];
        if let Some(producer) = &model.producer {
            match producer.append(&word).await {
                Ok(()) => model.taken.push_str(&word),
                // Its lease was over.
                Err(StreamError::NotOpen) => model.is_over = true,
                Err(error) => panic!("{error:?}"),
            }
        }
    }

    /// A producer comes back; one that was still there is fenced.
    async fn come_back(&mut self) {
        let Some(place) = self.open() else { return };
        let model = &mut self.streams[place];
        match self.server.emitter::<Pages>().reopen_writing(model.id).await {
            Ok(later) => {
                assert_eq!(later.so_far().text, model.taken);
                if let Some(earlier) = model.producer.replace(later) {
                    let refused = earlier.append("nobody takes this").await;
                    assert!(matches!(refused, Err(StreamError::Fenced)), "{refused:?}");
                    self.tally.fenced += 1;
                }
            }
            Err(StreamError::NotOpen) => {
                model.is_over = true;
                self.tally.left_to_its_lease += 1;
            }
            Err(error) => panic!("{error:?}"),
        }
    }

    fn leave(&mut self) {
        if let Some(place) = self.open() {
            self.streams[place].producer = None;
        }
    }

    async fn end(&mut self) {
        let Some(place) = self.open() else { return };
        let model = &mut self.streams[place];
        let Some(producer) = model.producer.take() else { return };
        match producer.finish(&text("a", &model.taken)).await {
            Ok(()) | Err(StreamError::NotOpen) => model.is_over = true,
            Err(error) => panic!("{error:?}"),
        }
    }

    /// Something is written while the journal cannot store, or forgets that it has.
    async fn break_journal(&mut self) {
        let fault = if self.below(2) == 0 { FULL } else { FORGETFUL };
        self.journal.set(fault);
        self.tally.faults += 1;
        self.append().await;
        self.append().await;
        let ms = self.below(2_000) as u64;
        pass(ms).await;
        self.journal.set(WELL);
        // One that was left alone is asked again within a second.
        while self.server.journal_health() != Health::Ready {
            pass(100).await;
        }
    }

    fn cut(&mut self) {
        let place = self.below(READERS);
        self.readers[place].client.close();
        self.is_cut[place] = true;
    }

    fn stall(&mut self) {
        let place = self.below(READERS);
        self.readers[place].client.stop_reading();
    }

    async fn restart(&mut self) {
        self.tally.restarts += 1;
        for model in &mut self.streams {
            model.producer = None;
        }
        self.settle().await;
        self.server.shutdown().await;
        self.server = self.scribe.server_with(self.journal.clone(), narrow());
        self.is_cut = vec![true; READERS];
    }

    /// Time for what waits for a journal that has failed.
    async fn settle(&mut self) {
        pass(1_200).await;
    }

    /// Everybody is there and reads: everybody sees everything that was taken.
    async fn check(&mut self) {
        self.settle().await;
        for (place, reader) in self.readers.iter_mut().enumerate() {
            reader.client.resume_reading();
            if std::mem::take(&mut self.is_cut[place]) || reader.client.is_closed() {
                reader.come_back(&self.server).await;
            }
            reader.read_all().await;
        }
        // One who was stalled has now heard that it missed something.
        self.settle().await;
        for reader in &mut self.readers {
            reader.read_all().await;
            for model in &self.streams {
                let seen = reader.streams.streams().iter();
                let Some(seen) = seen.clone().find(|seen| seen.id == model.id.to_string()) else {
                    panic!("{} is not there", model.id);
                };
                if seen.status == "open" {
                    assert_eq!(seen.text, model.taken, "{}", model.id);
                } else {
                    assert!(model.taken.starts_with(&seen.text), "{}: {}", model.id, seen.text);
                }
            }
        }
    }

    /// All that is open is ended, by its producer or by its lease.
    async fn finish(&mut self) {
        self.check().await;
        while let Some(place) = self.open() {
            self.come_back().await;
            if self.streams[place].producer.is_some() {
                self.end().await;
            } else {
                pass(500).await;
            }
        }
        self.check().await;
        for reader in &self.readers {
            assert!(reader.streams.streams().iter().all(|seen| seen.status != "open"));
        }
        assert!(super::journal::unfinished(&self.journal).await.is_empty());
        self.tally.subscribed = self.readers.iter().map(|reader| reader.subscribed).sum();
    }
}

#[tokio::test(start_paused = true)]
async fn whatever_happens_everybody_sees_what_was_taken() {
    let mut tallies = Vec::new();
    for seed in 0..RUNS {
        println!("seed {seed}");
        let mut run = Run::new(seed).await;
        for _ in 0..STEPS {
            run.step().await;
        }
        run.finish().await;
        tallies.push(run.tally);
    }

    let counts: [fn(&Tally) -> u32; 5] = [
        |tally| tally.fenced,
        |tally| tally.left_to_its_lease,
        |tally| tally.faults,
        |tally| tally.restarts,
        |tally| tally.subscribed,
    ];
    for count in counts {
        assert!(tallies.iter().map(count).sum::<u32>() > 10, "{tallies:?}");
    }
}
