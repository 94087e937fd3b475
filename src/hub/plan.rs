//! What would be downloaded.

/// `1.8 GB`, `420 MB`, `12 kB`, `7 bytes`: decimal units, as disks and the Hub count.
pub fn human_bytes(bytes: u64) -> String {
    let units = [("GB", 1e9), ("MB", 1e6), ("kB", 1e3)];
    for (unit, size) in units {
        let n = bytes as f64 / size;
        // 999.95 kB would be printed as 1000.0 kB.
        if n >= 0.9995 {
            return if n < 99.95 {
                format!("{n:.1} {unit}")
            } else {
                format!("{n:.0} {unit}")
            };
        }
    }
    format!("{bytes} bytes")
}
