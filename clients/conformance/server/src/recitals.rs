//! `/recitals`: speakers that do what a test asks of them.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tautline::{Answer, Uuid};
use tautline_conformance::recitals::{
    Curtain, Line, Lines, Performance, Poem, Recital, RecitalAt, RecitalEnding, RecitalError,
    RecitalId, Recitals, RecitalsServer, SpeakerError, Stage, StageState,
};
use tautline_server::{Context, Stream, StreamError};

/// The speakers of this process, and the poems of all stages.
#[derive(Clone, Default)]
pub(crate) struct RecitalsService {
    speakers: Arc<Mutex<HashMap<Uuid, Arc<Speaker>>>>,
    poems: Arc<Mutex<Vec<Poem>>>,
}

/// Who recites something.
struct Speaker {
    stream: Stream<Recitals, Poem, RecitalError>,
    recital: Recital,
}

impl RecitalsService {
    fn speakers(&self) -> MutexGuard<'_, HashMap<Uuid, Arc<Speaker>>> {
        self.speakers.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn poems(&self) -> MutexGuard<'_, Vec<Poem>> {
        self.poems.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn enter(&self, speaker: Speaker) -> RecitalAt {
        let speaker = Arc::new(speaker);
        let at = speaker.at();
        self.speakers().insert(speaker.stream.id(), speaker);
        at
    }

    fn speaker(&self, recital: &str) -> Answer<Arc<Speaker>, SpeakerError> {
        let id = recital.parse::<Uuid>()?;
        Ok(self.speakers().get(&id).cloned().ok_or(SpeakerError::NoSpeaker)?)
    }

    fn take(&self, recital: &str) -> Answer<Speaker, SpeakerError> {
        let id = recital.parse::<Uuid>()?;
        let speaker = self.speakers().remove(&id).ok_or(SpeakerError::NoSpeaker)?;
        Ok(Arc::into_inner(speaker).ok_or(SpeakerError::NoSpeaker)?)
    }

    async fn end(&self, speaker: Speaker, ending: RecitalEnding) -> Answer<(), SpeakerError> {
        let Speaker { stream, recital } = speaker;
        let Recital { stage_id, title } = recital;
        match ending {
            RecitalEnding::Cancelled => stream.cancel().await.map_err(stopped)?,
            RecitalEnding::Forgotten => {
                stream.fail(RecitalError::Forgotten { title }).await.map_err(stopped)?;
            }
            RecitalEnding::Finished => {
                let (recital, text) = (stream.id().to_string(), stream.so_far().text);
                let service = self.clone();
                let finished = stream.finish_with::<SpeakerError, _>(move |tx| {
                    let poem = Poem { stage_id, title, text, recital };
                    tx.emit().poem_recited(&poem);
                    service.poems().push(poem.clone());
                    Ok(poem)
                });
                finished.await?;
            }
        }
        Ok(())
    }
}

impl Speaker {
    fn at(&self) -> RecitalAt {
        let so_far = self.stream.so_far();
        RecitalAt {
            recital: self.stream.id().to_string(),
            number: so_far.number,
            text: so_far.text,
        }
    }

    async fn speak(&self, words: &[String], pause: Duration) -> Result<(), StreamError> {
        for word in words {
            self.stream.append(word).await?;
            if !pause.is_zero() {
                tokio::time::sleep(pause).await;
            }
        }
        Ok(())
    }
}

impl RecitalsServer for RecitalsService {
    type Context = Context<Recitals>;

    async fn authorize_stage(&self, _: &Self::Context, _: &Stage) -> Answer<(), SpeakerError> {
        Ok(())
    }

    async fn join_stage(
        &self,
        _: &Self::Context,
        room: &Stage,
    ) -> Answer<StageState, SpeakerError> {
        let poems = self.poems();
        let poems = poems.iter().filter(|poem| poem.stage_id == room.stage_id).cloned().collect();
        Ok(StageState { poems })
    }

    async fn begin_recital(
        &self,
        cx: &Self::Context,
        recital: Recital,
    ) -> Answer<RecitalAt, SpeakerError> {
        let stream = cx.emit().recital(&recital);
        Ok(self.enter(Speaker { stream, recital }))
    }

    async fn speak(&self, _: &Self::Context, lines: Lines) -> Answer<RecitalAt, SpeakerError> {
        let speaker = self.speaker(&lines.recital)?;
        let pause = Duration::from_millis(lines.pause_ms.unwrap_or_default().into());
        speaker.speak(&lines.words, pause).await.map_err(stopped)?;
        Ok(speaker.at())
    }

    async fn speak_line(&self, _: &Self::Context, line: Line) -> Answer<RecitalAt, SpeakerError> {
        let speaker = self.speaker(&line.recital)?;
        speaker.stream.append_part(line.number, &line.text).await.map_err(stopped)?;
        Ok(speaker.at())
    }

    async fn end_recital(&self, _: &Self::Context, curtain: Curtain) -> Answer<(), SpeakerError> {
        let speaker = self.take(&curtain.recital)?;
        self.end(speaker, curtain.ending).await
    }

    async fn leave_recital(
        &self,
        _: &Self::Context,
        recital: RecitalId,
    ) -> Answer<(), SpeakerError> {
        drop(self.take(&recital.recital)?);
        Ok(())
    }

    async fn take_up_recital(
        &self,
        cx: &Self::Context,
        recital: RecitalId,
    ) -> Answer<RecitalAt, SpeakerError> {
        let stream = cx.emit().reopen_recital(recital.recital.parse()?).await.map_err(stopped)?;
        let recital: Recital = stream.start()?;
        Ok(self.enter(Speaker { stream, recital }))
    }

    async fn recite(
        &self,
        cx: &Self::Context,
        performance: Performance,
    ) -> Answer<RecitalAt, SpeakerError> {
        let Performance { stage_id, title, words, pause_ms, ending } = performance;
        let recital = Recital { stage_id, title };
        let stream = cx.emit().recital(&recital);
        let speaker = Speaker { stream, recital };
        let at = speaker.at();
        let service = self.clone();
        tokio::spawn(async move {
            let spoken = speaker.speak(&words, Duration::from_millis(pause_ms.into())).await;
            let ended = match (spoken, ending) {
                (Ok(()), Some(ending)) => service.end(speaker, ending).await,
                (Ok(()), None) => Ok(()),
                (Err(error), _) => Err(error.into()),
            };
            if let Err(error) = ended {
                tracing::warn!(?error, "a recital did not get to its end");
            }
        });
        Ok(at)
    }
}

fn stopped(error: StreamError) -> SpeakerError {
    SpeakerError::Stopped { why: error.to_string() }
}
