//! How much CPU and memory another process uses.

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

/// The memory of a process that is not shared with files, in KiB.
///
/// # Errors
/// When the process is gone.
pub(crate) fn memory_kib(pid: u32) -> anyhow::Result<u64> {
    let status = fs::read_to_string(format!("/proc/{pid}/status"))?;
    let line = status.lines().find_map(|line| line.strip_prefix("RssAnon:"));
    let kib = line.and_then(|line| line.trim().strip_suffix(" kB"));
    Ok(kib.unwrap_or_default().parse()?)
}
