//! What is remembered of one suspect: a score that halves with time, and how far up the ladder of bans
//! they are. A state machine without I/O: it is told what happened and when.

use std::time::Duration;

use super::offence::Verdict;

/// How suspicion grows and what it leads to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Suspicion {
    /// After what time half of a score is forgotten. Default 10 minutes, as long as fail2ban looks
    /// back.
    pub half_life: Duration,
    /// From which score on clients are warned. Default 25.
    pub warn_at: u32,
    /// From which score on connections end. Default 50.
    pub disconnect_at: u32,
    /// From which score on there is a ban. Default 100.
    pub ban_at: u32,
    /// How long the bans are, the first, the second and so on; the last one stays. Default 1 min,
    /// 5 min, 30 min, 2 h and 24 h, close to fail2ban's steps; up to a fifth more by chance, so that
    /// those who were banned together do not come back together.
    pub bans: Vec<Duration>,
    /// After what time without a warning or a ban the ladder begins anew. Default a day.
    pub forgive_after: Duration,
    /// Whether decisions are only written down. To find out what they would be before they count;
    /// bans by hand hold all the same. Default no.
    pub is_shadow: bool,
}

impl Default for Suspicion {
    fn default() -> Self {
        const MINUTE: u64 = 60;
        Self {
            half_life: Duration::from_secs(10 * MINUTE),
            warn_at: 25,
            disconnect_at: 50,
            ban_at: 100,
            bans: [1, 5, 30, 120, 1_440]
                .map(|minutes| Duration::from_secs(minutes * MINUTE))
                .into(),
            forgive_after: Duration::from_secs(1_440 * MINUTE),
            is_shadow: false,
        }
    }
}

impl Suspicion {
    /// Everything that is wrong with these rules, each with its way out.
    pub(crate) fn mistakes(&self) -> Vec<String> {
        let mut mistakes = Vec::new();
        if self.half_life.is_zero() {
            mistakes.push("`limits.suspicion.half_life` is zero: give it some time".to_owned());
        }
        if !(0 < self.warn_at
            && self.warn_at <= self.disconnect_at
            && self.disconnect_at <= self.ban_at)
        {
            mistakes.push(
                "`limits.suspicion` does not go up: `warn_at` above zero, then `disconnect_at`, then \
                 `ban_at`"
                    .to_owned(),
            );
        }
        if self.bans.is_empty() {
            mistakes.push("`limits.suspicion.bans` is empty: name the first ban's time".to_owned());
        }
        mistakes
    }
}

/// What is remembered of one suspect. Times are Unix milliseconds.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(crate) struct Record {
    score: f64,
    at: u64,
    /// The last warning, or worse.
    offended_at: u64,
    /// How many bans there were, as far as they count.
    pub(crate) level: u8,
    pub(crate) banned_until: u64,
}

/// The longest a ban by chance is longer than its step.
const JITTER: f64 = 0.2;

impl Record {
    /// One that was stored: a ban, or what there was of one.
    pub(crate) fn stored(level: u8, banned_until: u64) -> Self {
        Self { level, banned_until, ..Self::default() }
    }

    /// The score, as it is by now.
    pub(crate) fn score(&self, now: u64, rules: &Suspicion) -> f64 {
        let elapsed = Duration::from_millis(now.saturating_sub(self.at));
        self.score * (-elapsed.div_duration_f64(rules.half_life)).exp2()
    }

    /// Whether there is a ban.
    pub(crate) fn is_banned(&self, now: u64) -> bool {
        now < self.banned_until
    }

    /// Takes note of something that weighs so much. `chance` is between 0 and 1.
    pub(crate) fn blame(
        &mut self,
        points: f64,
        now: u64,
        rules: &Suspicion,
        chance: f64,
    ) -> Verdict {
        if self.is_banned(now) {
            // What was on its way when the ban began.
            return Verdict::Noted;
        }
        if self.is_forgiven(now, rules) {
            self.level = 0;
        }
        let before = self.score(now, rules);
        self.score = before + points;
        self.at = now;
        let crosses = |mark: u32| before < f64::from(mark) && self.score >= f64::from(mark);
        let verdict = if self.score >= f64::from(rules.ban_at) {
            let last = rules.bans.len().saturating_sub(1);
            let step =
                rules.bans.get(usize::from(self.level).min(last)).copied().unwrap_or_default();
            self.ban(now, step.mul_f64(1.0 + JITTER * chance));
            return Verdict::Banned { until: self.banned_until };
        } else if crosses(rules.disconnect_at) {
            Verdict::Disconnected
        } else if crosses(rules.warn_at) {
            Verdict::Warned
        } else {
            return Verdict::Noted;
        };
        self.offended_at = now;
        verdict
    }

    /// Begins a ban: the score has had its effect, and the next one will be longer.
    pub(crate) fn ban(&mut self, now: u64, time: Duration) {
        let time = u64::try_from(time.as_millis()).unwrap_or(u64::MAX);
        self.banned_until = now.saturating_add(time).min(FOREVER);
        self.level = self.level.saturating_add(1);
        self.score = 0.0;
        self.offended_at = now;
    }

    /// Ends everything that is held against somebody.
    pub(crate) fn lift(&mut self) {
        *self = Self::default();
    }

    /// Whether the last ban is so long over that it does not count any more.
    fn is_forgiven(&self, now: u64, rules: &Suspicion) -> bool {
        let clean = now.saturating_sub(self.banned_until.max(self.offended_at));
        u128::from(clean) >= rules.forgive_after.as_millis()
    }

    /// Whether nothing is left to remember.
    pub(crate) fn is_over(&self, now: u64, rules: &Suspicion) -> bool {
        let has_level = self.level > 0 && !self.is_forgiven(now, rules);
        !self.is_banned(now) && !has_level && self.score(now, rules) < 0.5
    }
}

/// The end of a ban that has none: the last moment that a client's number can hold.
pub(crate) const FOREVER: u64 = (1 << 53) - 1;
