//! How much memory this process may still take.

/// Free memory in bytes, as far as the system tells: what Linux calls available, within the limit of the
/// control group; on macOS three quarters of the whole, for want of a better number.
pub fn available_memory() -> Option<u64> {
    #[cfg(target_os = "linux")]
    {
        let machine = std::fs::read_to_string("/proc/meminfo")
            .ok()
            .and_then(|t| mem_available(&t));
        let read = |name: &str| std::fs::read_to_string(format!("/sys/fs/cgroup/{name}")).ok();
        let group = group_available(read("memory.max"), read("memory.current"));
        match (machine, group) {
            (Some(machine), Some(group)) => Some(machine.min(group)),
            (machine, group) => machine.or(group),
        }
    }
    #[cfg(target_os = "macos")]
    {
        let out = std::process::Command::new("sysctl")
            .args(["-n", "hw.memsize"])
            .output()
            .ok()?;
        let total: u64 = String::from_utf8(out.stdout).ok()?.trim().parse().ok()?;
        Some(total / 4 * 3)
    }
    #[cfg(not(any(target_os = "linux", target_os = "macos")))]
    None
}

#[cfg(any(target_os = "linux", test))]
fn mem_available(meminfo: &str) -> Option<u64> {
    let line = meminfo.lines().find_map(|l| l.strip_prefix("MemAvailable:"))?;
    let kib: u64 = line.trim().strip_suffix("kB")?.trim().parse().ok()?;
    Some(kib * 1024)
}

#[cfg(any(target_os = "linux", test))]
fn group_available(max: Option<String>, current: Option<String>) -> Option<u64> {
    let max: u64 = max?.trim().parse().ok()?;
    let current: u64 = current?.trim().parse().ok()?;
    Some(max.saturating_sub(current))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_smaller_of_machine_and_group_counts() {
        assert_eq!(
            mem_available("MemTotal: 9 kB\nMemAvailable:    1024 kB\n"),
            Some(1 << 20)
        );
        assert_eq!(mem_available("MemTotal: 9 kB"), None);
        assert_eq!(group_available(Some("max\n".into()), Some("5\n".into())), None);
        assert_eq!(group_available(Some("9\n".into()), Some("5\n".into())), Some(4));
    }
}
