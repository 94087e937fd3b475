//! Floats on the disk, brought into memory piece by piece: their bytes are never there as a whole beside the numbers
//! that they become.

use super::{Extent, Matrix};
use crate::engine::error::EngineError;
use crate::engine::kernels::matmul::Weight;
use crate::engine::read_at::read_at;
use candle_core::quantized::GgmlDType;
use half::{bf16, f16};

/// Bytes that are read at once: they stay in the first cache until they are numbers.
const PIECE: usize = 16 << 10;

impl Extent<'_> {
    /// Reads the floats from number `first` on; to the nearest of their kind where the file has wider ones.
    ///
    /// # Errors
    /// When the file cannot be read, or became shorter since it was opened.
    pub fn read_floats<W: Weight>(&self, first: usize, out: &mut [W]) -> Result<(), EngineError> {
        match self.dtype {
            GgmlDType::F32 => self.read(first, out, |bytes| W::nearest(f32::from_le_bytes(bytes))),
            GgmlDType::F16 => self.read(first, out, |bytes| W::nearest(f16::from_le_bytes(bytes).wide())),
            // OK because only floats are asked for, and there is no third kind.
            _ => self.read(first, out, |bytes| W::nearest(bf16::from_le_bytes(bytes).wide())),
        }
    }

    /// Reads the first `count` floats, exactly.
    ///
    /// # Errors
    /// As [`Extent::read_floats`].
    pub fn wide_floats(&self, count: usize) -> Result<Vec<f32>, EngineError> {
        let mut out = vec![0.0; count];
        self.read_floats(0, &mut out)?;
        Ok(out)
    }

    /// Reads the first `count` floats in the type of the file.
    ///
    /// # Errors
    /// As [`Extent::read_floats`].
    pub fn floats(&self, count: usize) -> Result<Matrix, EngineError> {
        Ok(match self.dtype {
            GgmlDType::F32 => Matrix::F32(self.exactly(count, f32::from_le_bytes)?),
            GgmlDType::F16 => Matrix::F16(self.exactly(count, f16::from_le_bytes)?),
            _ => Matrix::Bf16(self.exactly(count, bf16::from_le_bytes)?),
        })
    }

    fn exactly<const N: usize, T: Copy + Default>(
        &self,
        count: usize,
        number: impl Fn([u8; N]) -> T,
    ) -> Result<Vec<T>, EngineError> {
        let mut out = vec![T::default(); count];
        self.read(0, &mut out, number)?;
        Ok(out)
    }

    fn read<const N: usize, T>(
        &self,
        first: usize,
        out: &mut [T],
        number: impl Fn([u8; N]) -> T,
    ) -> Result<(), EngineError> {
        let mut bytes = [0; PIECE];
        let mut at = self.start + (first * N) as u64;
        for out in out.chunks_mut(PIECE / N) {
            let bytes = &mut bytes[..out.len() * N];
            read_at(self.file, at, bytes).map_err(|source| EngineError::Io {
                path: self.path.to_owned(),
                source,
            })?;
            at += bytes.len() as u64;
            for (out, bytes) in out.iter_mut().zip(bytes.as_chunks::<N>().0) {
                *out = number(*bytes);
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs::File;
    use std::io::Write as _;
    use std::path::Path;

    /// A file with these bytes behind three others.
    fn file(bytes: &[u8]) -> File {
        let mut file = tempfile::tempfile().unwrap();
        file.write_all(&[9; 3]).unwrap();
        file.write_all(bytes).unwrap();
        file
    }

    fn extent(file: &File, dtype: GgmlDType) -> Extent<'_> {
        Extent {
            dtype,
            file,
            path: Path::new("model.safetensors"),
            start: 3,
        }
    }

    #[test]
    fn numbers_come_back_from_any_place_and_over_the_end_of_a_piece() {
        let exact: Vec<f32> = (0..PIECE).map(|i| i as f32 * 0.25 - 900.0).collect();
        let wide = file(&exact.iter().flat_map(|x| x.to_le_bytes()).collect::<Vec<_>>());
        let wide = extent(&wide, GgmlDType::F32);
        let Matrix::F32(all) = wide.floats(exact.len()).unwrap() else {
            panic!("the type of the file is kept")
        };
        assert_eq!(all, exact);
        let mut some = vec![0.0f32; 5000];
        wide.read_floats(77, &mut some).unwrap();
        assert_eq!(some, exact[77..5077]);

        let narrow: Vec<f16> = exact.iter().map(|x| f16::from_f32(*x)).collect();
        let mut rounded = vec![f16::ZERO; exact.len()];
        wide.read_floats(0, &mut rounded).unwrap();
        assert_eq!(rounded, narrow);
        let file = file(&narrow.iter().flat_map(|x| x.to_le_bytes()).collect::<Vec<_>>());
        extent(&file, GgmlDType::F16).read_floats(77, &mut some).unwrap();
        assert!(
            some.iter()
                .zip(&narrow[77..])
                .all(|(found, x)| *found == x.to_f32())
        );
    }

    #[test]
    fn a_file_that_became_shorter_is_an_error_with_its_name() {
        let file = file(&[0; 30]);
        let error = extent(&file, GgmlDType::BF16).floats(16).unwrap_err();
        assert!(error.to_string().contains("model.safetensors"), "{error}");
    }
}
