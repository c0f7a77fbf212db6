//! `/recitals`: streams. A test begins a recital, has lines spoken, and lets the speaker leave, come
//! back or end it.

use tautline::{contract_error, namespace, payload, room};

/// A stage. Whoever sits before it hears what is recited.
#[room("stage:{stage_id}", retention = "200")]
pub struct Stage {
    /// Which one.
    pub stage_id: String,
}

/// What was recited on a stage.
#[payload]
pub struct StageState {
    /// The poems that were finished, oldest first.
    pub poems: Vec<Poem>,
}

/// What begins.
#[payload]
pub struct Recital {
    /// Where.
    pub stage_id: String,
    /// What it is called.
    pub title: String,
}

/// A poem that was recited to its end.
#[payload]
pub struct Poem {
    /// Where.
    pub stage_id: String,
    /// What it is called.
    pub title: String,
    /// All of it.
    pub text: String,
    /// The recital's id.
    pub recital: String,
}

/// A recital.
#[payload]
pub struct RecitalId {
    /// Its id.
    pub recital: String,
}

/// How far a recital has got.
#[payload]
pub struct RecitalAt {
    /// Its id.
    pub recital: String,
    /// The number of its last part.
    pub number: u32,
    /// What was said so far.
    pub text: String,
}

/// What is said next.
#[payload]
pub struct Lines {
    /// In which recital.
    pub recital: String,
    /// What is said, word by word.
    pub words: Vec<String>,
    /// How long the speaker waits after each, in milliseconds.
    pub pause_ms: Option<u32>,
}

/// A part that the speaker has numbered.
#[payload]
pub struct Line {
    /// In which recital.
    pub recital: String,
    /// Its number.
    pub number: u32,
    /// What is said.
    pub text: String,
}

/// The end of a recital.
#[payload]
pub struct Curtain {
    /// Of which one.
    pub recital: String,
    /// How it ends.
    pub ending: RecitalEnding,
}

/// How a recital ends.
#[payload]
pub enum RecitalEnding {
    /// With the poem.
    Finished,
    /// It is called off.
    Cancelled,
    /// The speaker has forgotten the rest.
    Forgotten,
}

/// A recital from its beginning to its end, in one go.
#[payload]
pub struct Performance {
    /// Where.
    pub stage_id: String,
    /// What it is called.
    pub title: String,
    /// What is said, word by word.
    pub words: Vec<String>,
    /// How long the speaker waits after each, in milliseconds.
    pub pause_ms: u32,
    /// How it ends; without one the speaker just leaves.
    pub ending: Option<RecitalEnding>,
}

/// Why a recital failed.
#[contract_error]
pub enum RecitalError {
    /// The speaker has forgotten the rest.
    #[problem(category = internal, message = "{title} is forgotten.", hint = "Read it yourself.")]
    Forgotten {
        /// What it is called.
        title: String,
    },
}

/// Why a speaker cannot go on.
#[contract_error]
pub enum SpeakerError {
    /// Nobody speaks in this recital, here.
    #[problem(category = not_found, message = "Nobody recites this.", hint = "Begin it.")]
    NoSpeaker,
    /// The recital is over, or somebody else goes on with it.
    #[problem(category = conflict, message = "The speaker has to stop.", hint = "Listen.")]
    Stopped {
        /// In the server's words.
        why: String,
    },
}

/// What a test asks of a speaker.
#[namespace("/recitals", client = RecitalsClient)]
pub trait RecitalsServer {
    /// Sits down before a stage.
    #[join(guests = true)]
    async fn join_stage(room: Stage) -> Result<StageState, SpeakerError>;

    /// Begins a recital, and has a speaker for it.
    #[event(lane = none, guests = true)]
    async fn begin_recital(recital: Recital) -> Result<RecitalAt, SpeakerError>;

    /// Has words spoken; answers when all are. How the server puts them together is its affair.
    #[event(lane = none, guests = true, timeout = "60s")]
    async fn speak(lines: Lines) -> Result<RecitalAt, SpeakerError>;

    /// Has a numbered part spoken; sent twice, it is heard once.
    #[event(lane = none, guests = true)]
    async fn speak_line(line: Line) -> Result<RecitalAt, SpeakerError>;

    /// Ends a recital. The poem of a finished one is stored with its end.
    #[event(lane = none, guests = true)]
    async fn end_recital(curtain: Curtain) -> Result<(), SpeakerError>;

    /// The speaker leaves without a word.
    #[event(lane = none, guests = true)]
    async fn leave_recital(recital: RecitalId) -> Result<(), SpeakerError>;

    /// A speaker goes on with a recital, whoever had it before.
    #[event(lane = none, guests = true)]
    async fn take_up_recital(recital: RecitalId) -> Result<RecitalAt, SpeakerError>;

    /// All in one go; answers when it has begun.
    #[event(lane = none, guests = true)]
    async fn recite(performance: Performance) -> Result<RecitalAt, SpeakerError>;
}

/// What is heard before a stage.
#[namespace("/recitals", side = client)]
pub trait RecitalsClient {
    /// A poem was recited to its end.
    #[event(delivery = durable, room = Stage)]
    fn poem_recited(poem: Poem);

    /// Something is recited.
    #[stream(room = Stage, lease = "2s")]
    fn recital(recital: Recital) -> Result<Poem, RecitalError>;
}
