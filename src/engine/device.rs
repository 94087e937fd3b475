//! Chooses where a model is computed: a GPU when one is asked for and answers, else the CPU, with
//! the reason.

use candle_core::Device;

/// Where the user wants the model to be computed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Preference {
    /// A GPU when this program was built for one and one answers, else the CPU.
    #[default]
    Auto,
    /// The CPU.
    Cpu,
    /// The GPU of this number; the CPU when it does not answer.
    Cuda(usize),
}

/// Where the model will be computed.
#[derive(Debug, Clone)]
pub struct Chosen {
    /// The device.
    pub device: Device,
    /// `cpu` or `cuda:0`.
    pub name: String,
    /// Why a GPU that was wanted is not used.
    pub fallback: Option<String>,
}

/// Chooses a device. Never fails: what keeps a GPU from being used is said in
/// [`Chosen::fallback`].
pub fn choose(preference: Preference) -> Chosen {
    let cpu = |fallback| Chosen {
        device: Device::Cpu,
        name: "cpu".to_owned(),
        fallback,
    };
    let (ordinal, wanted) = match preference {
        Preference::Cpu => return cpu(None),
        Preference::Auto => (0, false),
        Preference::Cuda(ordinal) => (ordinal, true),
    };
    if !cfg!(feature = "cuda") {
        let reason = "this program was built without CUDA".to_owned();
        return cpu(wanted.then_some(reason));
    }
    // Not `Device::cuda_if_available`: built with CUDA, that one errs on a machine without a GPU.
    match Device::new_cuda(ordinal) {
        Ok(device) => Chosen {
            device,
            name: format!("cuda:{ordinal}"),
            fallback: None,
        },
        Err(error) => cpu(Some(format!("CUDA device {ordinal} does not answer: {error}"))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_cpu_is_always_there() {
        let chosen = choose(Preference::Cpu);
        assert!(chosen.device.is_cpu());
        assert_eq!(chosen.fallback, None);
    }

    #[cfg(not(feature = "cuda"))]
    #[test]
    fn a_gpu_that_cannot_be_used_is_explained() {
        let chosen = choose(Preference::Cuda(0));
        assert!(chosen.device.is_cpu());
        assert!(
            chosen
                .fallback
                .is_some_and(|reason| reason.contains("without CUDA"))
        );
        assert_eq!(choose(Preference::Auto).fallback, None);
    }
}
