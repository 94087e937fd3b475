//! How much memory this process has needed.

/// Most bytes that were resident at once since the process began; `None` where the system does not
/// say.
pub(super) fn peak() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    let kib: u64 = line.trim().strip_suffix("kB")?.trim().parse().ok()?;
    kib.checked_mul(1024)
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    #[test]
    fn a_touched_block_is_counted() {
        let before = super::peak().unwrap();
        let block = vec![1u8; 64 << 20];
        assert!(std::hint::black_box(&block).iter().step_by(4096).all(|x| *x == 1));
        let after = super::peak().unwrap();
        assert!(after >= 64 << 20 && after >= before);
    }
}
