//! How much CPU another process has used.

use std::fs;

/// The CPU time of all threads of a process, in nanoseconds, from the kernel's scheduler statistics.
///
/// # Errors
/// When the process is gone, or the kernel keeps no such statistics.
pub(crate) fn used_ns(pid: u32) -> anyhow::Result<u64> {
    let mut total = 0;
    for task in fs::read_dir(format!("/proc/{pid}/task"))? {
        let statistics = fs::read_to_string(task?.path().join("schedstat"))?;
        let on_cpu = statistics.split_whitespace().next().unwrap_or_default();
        total += on_cpu.parse::<u64>()?;
    }
    Ok(total)
}
