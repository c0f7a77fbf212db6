//! `/work`: waits, counts and floods.

use std::collections::HashMap;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Mutex, PoisonError};

use tautline::{Answer, DisconnectReason, NoRefusal, U64};
use tautline_conformance::work::{
    Desk, DeskState, Flood, FloodPart, Gate, Job, JobEnd, JobReport, Members, Piece, Stats, Wait,
    Work, WorkServer,
};
use tautline_server::Context;

use crate::gates::Gates;
use crate::house::House;
use crate::visits::Visits;

/// Desks in memory, gates and counters.
#[derive(Default)]
pub(crate) struct WorkService {
    desks: Mutex<HashMap<String, Vec<u32>>>,
    gates: Gates,
    arrivals: AtomicU32,
    visits: Visits,
    house: House,
}

impl WorkService {
    /// A service that notes who comes and goes.
    pub(crate) fn new(visits: Visits, house: House) -> Self {
        Self { visits, house, ..Self::default() }
    }
}

impl WorkServer for WorkService {
    type Context = Context<Work>;

    async fn connected(&self, cx: &Self::Context) -> Answer<(), NoRefusal> {
        self.visits.arrived(cx.connection());
        Ok(())
    }

    async fn disconnected(&self, cx: &Self::Context, reason: DisconnectReason) {
        self.visits.departed(cx.connection(), reason);
    }

    async fn authorize_desk(&self, _: &Self::Context, _: &Desk) -> Answer<()> {
        Ok(())
    }

    async fn join_desk(&self, _: &Self::Context, room: &Desk) -> Answer<DeskState> {
        let desks = self.desks.lock().unwrap_or_else(PoisonError::into_inner);
        Ok(DeskState { pieces: desks.get(&room.desk_id).cloned().unwrap_or_default() })
    }

    async fn put_piece(&self, cx: &Self::Context, piece: Piece) -> Answer<()> {
        {
            let mut desks = self.desks.lock().unwrap_or_else(PoisonError::into_inner);
            desks.entry(piece.desk_id.clone()).or_default().push(piece.number);
        }
        cx.emit().piece_put(&piece);
        Ok(())
    }

    async fn check_piece(&self, _: &Self::Context, _: Piece) -> Answer<()> {
        Ok(())
    }

    async fn wait_at_desk(&self, _: &Self::Context, wait: Wait) -> Answer<()> {
        self.gates.pass(&wait.gate).await;
        Ok(())
    }

    async fn wait_once(&self, _: &Self::Context, wait: Wait) -> Answer<()> {
        self.arrivals.fetch_add(1, Ordering::Relaxed);
        self.gates.pass(&wait.gate).await;
        Ok(())
    }

    async fn open_gate(&self, _: &Self::Context, gate: Gate) -> Answer<()> {
        self.gates.open(&gate.gate);
        Ok(())
    }

    async fn begin_job(&self, cx: &Self::Context, job: Job) -> Answer<JobReport> {
        let end = tokio::select! {
            approval = async { cx.emit().approve(&job).await } => match approval {
                Ok(_) => JobEnd::Approved,
                Err(_) => JobEnd::Unapproved,
            },
            () = self.gates.pass(&job.job) => JobEnd::CalledOff,
        };
        Ok(JobReport { end })
    }

    async fn call_off_job(&self, _: &Self::Context, job: Job) -> Answer<()> {
        self.gates.open(&job.job);
        Ok(())
    }

    async fn arrive(&self, _: &Self::Context) -> Answer<()> {
        self.arrivals.fetch_add(1, Ordering::Relaxed);
        Ok(())
    }

    async fn flood_live(&self, cx: &Self::Context, flood: Flood) -> Answer<()> {
        for part in parts(&flood) {
            cx.emit().live_part(&part);
        }
        Ok(())
    }

    async fn flood_durable(&self, cx: &Self::Context, flood: Flood) -> Answer<()> {
        for part in parts(&flood) {
            cx.emit().durable_part(&part);
        }
        Ok(())
    }

    async fn members(&self, _: &Self::Context, desk: Desk) -> Answer<Members> {
        let members = self.house.server()?.room::<Work>(&desk).members();
        Ok(Members { connections: members.iter().map(ToString::to_string).collect() })
    }

    async fn stats(&self, _: &Self::Context) -> Answer<Stats> {
        let visits = self.visits.list();
        let present = visits
            .iter()
            .filter(|visit| visit.departures == 0)
            .map(|visit| visit.connection.clone())
            .collect();
        Ok(Stats {
            present,
            visits,
            waiting: self.gates.waiting(),
            arrivals: self.arrivals.load(Ordering::Relaxed),
            memory: U64(memory()?),
        })
    }
}

fn parts(flood: &Flood) -> impl Iterator<Item = FloodPart> + '_ {
    let ballast = "x".repeat(flood.bytes as usize);
    (0..flood.count).map(move |number| FloodPart {
        desk_id: flood.desk_id.clone(),
        number,
        ballast: ballast.clone(),
    })
}

/// The memory that the process holds, in bytes, as Linux counts it.
fn memory() -> std::io::Result<u64> {
    let status = std::fs::read_to_string("/proc/self/status")?;
    let kib = status
        .lines()
        .find_map(|line| line.strip_prefix("VmRSS:")?.trim().strip_suffix(" kB")?.parse().ok());
    Ok(kib.unwrap_or(0_u64) * 1024)
}
