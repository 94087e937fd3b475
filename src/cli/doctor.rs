//! `depeche doctor`: what this machine has, and what depeche makes of it.

use super::args::{DoctorArgs, GlobalArgs, HubArgs};
use super::ui::Ui;
use super::{Exit, download, stdout};
use crate::engine::device::{self, Preference};
use crate::engine::kernels::dots::{self, Path};
use crate::engine::kernels::{Isa, has_tiles, isa};
use crate::hub;
use serde_json::{Value, json};
use std::fmt::Write as _;

/// Shows devices, CPU features, memory, cache and hub.
///
/// # Errors
/// When standard output cannot be written.
pub fn doctor(args: &DoctorArgs, global: &GlobalArgs, _ui: &Ui) -> anyhow::Result<Exit> {
    let facts = facts(global, args.hub);
    if args.json {
        stdout::print(&format!("{facts:#}\n"))?;
        return Ok(Exit::Done);
    }
    let mut text = String::new();
    if let Value::Object(sections) = &facts {
        for (section, values) in sections {
            let _ = writeln!(text, "{section}");
            if let Value::Object(values) = values {
                for (name, value) in values {
                    let _ = writeln!(text, "  {name:<22} {}", plain(value));
                }
            }
        }
    }
    stdout::print(&text)?;
    Ok(Exit::Done)
}

fn facts(global: &GlobalArgs, ask_hub: bool) -> Value {
    let chosen = device::choose(Preference::Auto);
    json!({
        "depeche": {
            "version": env!("CARGO_PKG_VERSION"),
            "built for": if cfg!(feature = "cuda") { "CPU and CUDA" } else { "CPU" },
            "offline": global.offline,
        },
        "machine": {
            "system": format!("{} {}", std::env::consts::OS, std::env::consts::ARCH),
            "cores": std::thread::available_parallelism().map(usize::from).unwrap_or(1),
            "threads used": rayon::current_num_threads(),
            "CPU features": cpu_features(),
            "memory": memory(),
        },
        "model": {
            "device": chosen.name,
            "GPU not used because": chosen.fallback,
            "instructions used": isa_name(),
        },
        "hub": hub(global, ask_hub),
    })
}

/// Where models come from and are kept; the network is only touched when it is asked for.
fn hub(global: &GlobalArgs, ask: bool) -> Value {
    let options = match download::options(global, &HubArgs::default(), false) {
        Ok(options) => options,
        Err(error) => return json!({ "problem": error.to_string() }),
    };
    let cached: Vec<String> = match hub::list(&options) {
        Ok(models) => models
            .into_iter()
            .filter(|model| model.cached)
            .map(|model| model.name)
            .collect(),
        Err(error) => vec![format!("cannot be listed: {error}")],
    };
    let mut facts = json!({
        "endpoint": options.endpoint,
        "token": options.token.is_some(),
        "cache": options.cache.display().to_string(),
        "models in the cache": cached,
    });
    if ask {
        facts["answers"] = match hub::ping(&options) {
            Ok(time) => json!(format!("in {:.0} ms", time.as_secs_f64() * 1000.0)),
            Err(error) => json!(format!("no: {error}")),
        };
    }
    facts
}

/// The instruction set of depeche's own kernels (float products, attention); candle's quantized ones
/// choose theirs by the features above.
fn isa_name() -> &'static str {
    match isa() {
        Isa::Avx512 if has_tiles() => "AVX-512 and AMX (bfloat16 tiles)",
        Isa::Avx512 if dots::path() == Path::Avx512 => "AVX-512 with VNNI",
        Isa::Avx512 => "AVX-512",
        Isa::Avx2 if dots::path() == Path::AvxVnni => "AVX2 with AVX-VNNI",
        Isa::Avx2 => "AVX2",
        Isa::Baseline => "baseline",
    }
}

/// The features that matter for matrix products, as the CPU reports them.
fn cpu_features() -> Vec<&'static str> {
    let mut found = Vec::new();
    #[cfg(target_arch = "x86_64")]
    {
        macro_rules! probe {
            ($($name:tt),*) => { $( if std::arch::is_x86_feature_detected!($name) { found.push($name); } )* };
        }
        probe!(
            "sse4.2",
            "avx2",
            "fma",
            "f16c",
            "avx512f",
            "avx512bw",
            "avx512vnni",
            "avx512bf16",
            "avxvnni"
        );
    }
    #[cfg(target_arch = "aarch64")]
    {
        macro_rules! probe {
            ($($name:tt),*) => {
                $( if std::arch::is_aarch64_feature_detected!($name) { found.push($name); } )*
            };
        }
        probe!("neon", "dotprod", "i8mm", "bf16");
    }
    // AMX cannot be asked for through the standard library yet; Linux says it in /proc
    if let Ok(info) = std::fs::read_to_string("/proc/cpuinfo") {
        for name in ["amx_int8", "amx_bf16"] {
            if info.split_whitespace().any(|word| word == name) {
                found.push(name);
            }
        }
    }
    found
}

/// `available of total`, where the system says it.
fn memory() -> String {
    let Ok(info) = std::fs::read_to_string("/proc/meminfo") else {
        return "unknown".to_owned();
    };
    let gib = |name: &str| {
        info.lines()
            .find_map(|line| {
                line.strip_prefix(name)?
                    .split_whitespace()
                    .next()?
                    .parse::<f64>()
                    .ok()
            })
            .map(|kib| kib / 1024.0 / 1024.0)
    };
    match (gib("MemAvailable:"), gib("MemTotal:")) {
        (Some(available), Some(total)) => format!("{available:.1} GiB available of {total:.1}"),
        _ => "unknown".to_owned(),
    }
}

fn plain(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Array(values) if values.is_empty() => "none".to_owned(),
        Value::Array(values) => values.iter().map(plain).collect::<Vec<_>>().join(" "),
        Value::Bool(true) => "yes".to_owned(),
        Value::Bool(false) => "no".to_owned(),
        Value::Null => "none".to_owned(),
        other => other.to_string(),
    }
}
