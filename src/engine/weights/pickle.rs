//! The pickles in which PyTorch lists a file's tensors, read as data.
//!
//! A pickle is a program for a small stack machine, and Python's own reader calls what it names. This
//! one calls nothing: names of classes and functions stay names, and the caller looks for the few
//! that mean a tensor. Values lie in an arena and refer to each other by number, so that no nesting,
//! however deep or circular, costs more than its bytes.
//!
//! Opcodes: <https://docs.python.org/3/library/pickletools.html>.

use std::io::Read;

/// Longest pickle that is read: a model of a hundred thousand tensors stays below it.
const LONGEST: usize = 64 << 20;

/// A value's number in the arena.
pub(super) type Id = usize;

/// What a pickle holds.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Value {
    None,
    Int(i64),
    Text(String),
    /// A class or function: `module name`.
    Global(String),
    Tuple(Vec<Id>),
    List(Vec<Id>),
    Dict(Vec<(Id, Id)>),
    /// Something outside the pickle, here the numbers of a tensor.
    Persistent(Id),
    /// A call: what is called, with which tuple.
    Call(Id, Id),
    /// Anything that lists of tensors do not need.
    Other,
}

/// The values of one pickle.
#[derive(Debug)]
pub(super) struct Pickle {
    values: Vec<Value>,
    /// The value that the pickle stands for.
    pub(super) root: Id,
}

impl Pickle {
    /// Reads one pickle, to its last byte and no further.
    ///
    /// # Errors
    /// Says what is wrong with it.
    pub(super) fn read(reader: &mut impl Read) -> Result<Pickle, String> {
        let mut machine = Machine {
            reader,
            read: 0,
            values: Vec::new(),
            stack: Vec::new(),
            marks: Vec::new(),
            memo: Vec::new(),
        };
        let root = machine.run()?;
        Ok(Pickle {
            values: machine.values,
            root,
        })
    }

    pub(super) fn value(&self, id: Id) -> &Value {
        &self.values[id]
    }

    pub(super) fn text(&self, id: Id) -> Option<&str> {
        match self.value(id) {
            Value::Text(text) => Some(text),
            _ => None,
        }
    }

    pub(super) fn tuple(&self, id: Id) -> Option<&[Id]> {
        match self.value(id) {
            Value::Tuple(items) => Some(items),
            _ => None,
        }
    }

    pub(super) fn number(&self, id: Id) -> Option<u64> {
        match self.value(id) {
            Value::Int(number) => u64::try_from(*number).ok(),
            _ => None,
        }
    }

    pub(super) fn numbers(&self, id: Id) -> Option<Vec<u64>> {
        self.tuple(id)?.iter().map(|id| self.number(*id)).collect()
    }
}

struct Machine<'a, R> {
    reader: &'a mut R,
    read: usize,
    values: Vec<Value>,
    stack: Vec<Id>,
    marks: Vec<usize>,
    memo: Vec<Option<Id>>,
}

impl<R: Read> Machine<'_, R> {
    fn run(&mut self) -> Result<Id, String> {
        loop {
            let opcode = self.bytes::<1>()?[0];
            match opcode {
                b'.' => return self.pop(),
                0x80 => drop(self.bytes::<1>()?),
                0x95 => drop(self.bytes::<8>()?),
                b'(' => self.marks.push(self.stack.len()),
                b'0' => drop(self.pop()?),
                b'1' => drop(self.above_mark()?),
                b'2' => {
                    let top = *self.stack.last().ok_or_else(empty)?;
                    self.stack.push(top);
                }
                b'N' => self.push(Value::None),
                0x88 | 0x89 => self.push(Value::Other),
                b'J' => {
                    let number = i32::from_le_bytes(self.bytes()?);
                    self.push(Value::Int(number.into()));
                }
                b'K' => {
                    let number = self.bytes::<1>()?[0];
                    self.push(Value::Int(number.into()));
                }
                b'M' => {
                    let number = u16::from_le_bytes(self.bytes()?);
                    self.push(Value::Int(number.into()));
                }
                0x8a => {
                    let length = self.bytes::<1>()?[0];
                    self.long(length.into())?;
                }
                0x8b => {
                    let length = u32::from_le_bytes(self.bytes()?);
                    self.long(length as usize)?;
                }
                b'G' => {
                    self.bytes::<8>()?;
                    self.push(Value::Other);
                }
                b'X' | b'T' => {
                    let length = u32::from_le_bytes(self.bytes()?);
                    self.text(length as usize)?;
                }
                0x8c | b'U' => {
                    let length = self.bytes::<1>()?[0];
                    self.text(length.into())?;
                }
                b'B' => {
                    let length = u32::from_le_bytes(self.bytes()?);
                    self.take(length as usize)?;
                    self.push(Value::Other);
                }
                b'C' => {
                    let length = self.bytes::<1>()?[0];
                    self.take(length.into())?;
                    self.push(Value::Other);
                }
                b')' => self.push(Value::Tuple(Vec::new())),
                b']' => self.push(Value::List(Vec::new())),
                b'}' => self.push(Value::Dict(Vec::new())),
                b't' => {
                    let items = self.above_mark()?;
                    self.push(Value::Tuple(items));
                }
                0x85..=0x87 => {
                    let from = self.stack.len().checked_sub(usize::from(opcode - 0x84));
                    let items = self.stack.split_off(from.ok_or_else(empty)?);
                    self.push(Value::Tuple(items));
                }
                b'c' => {
                    let (module, name) = (self.line()?, self.line()?);
                    self.push(Value::Global(format!("{module} {name}")));
                }
                0x93 => {
                    let (name, module) = (self.pop()?, self.pop()?);
                    let word = |id: Id| match &self.values[id] {
                        Value::Text(text) => Ok(text.clone()),
                        _ => Err("a name that is no text"),
                    };
                    let global = format!("{} {}", word(module)?, word(name)?);
                    self.push(Value::Global(global));
                }
                b'Q' => {
                    let id = self.pop()?;
                    self.push(Value::Persistent(id));
                }
                b'R' | 0x81 => self.call()?,
                // The state of an object: of lists of tensors only an attribute, `_metadata`.
                b'b' => drop(self.pop()?),
                b'a' => {
                    let item = self.pop()?;
                    self.extend_list(&[item])?;
                }
                b'e' => {
                    let items = self.above_mark()?;
                    self.extend_list(&items)?;
                }
                b's' => {
                    let (value, key) = (self.pop()?, self.pop()?);
                    self.extend_dict(&[key, value])?;
                }
                b'u' => {
                    let items = self.above_mark()?;
                    self.extend_dict(&items)?;
                }
                b'q' => {
                    let slot = self.bytes::<1>()?[0];
                    self.remember(slot.into())?;
                }
                b'r' => {
                    let slot = u32::from_le_bytes(self.bytes()?);
                    self.remember(slot as usize)?;
                }
                0x94 => self.remember(self.memo.len())?,
                b'h' => {
                    let slot = self.bytes::<1>()?[0];
                    self.recall(slot.into())?;
                }
                b'j' => {
                    let slot = u32::from_le_bytes(self.bytes()?);
                    self.recall(slot as usize)?;
                }
                other => {
                    return Err(format!(
                        "the pickle's opcode {other:#04x} is not one of a tensor list"
                    ));
                }
            }
        }
    }

    fn push(&mut self, value: Value) {
        self.stack.push(self.values.len());
        self.values.push(value);
    }

    fn pop(&mut self) -> Result<Id, String> {
        if self.marks.last().is_some_and(|mark| *mark >= self.stack.len()) {
            return Err(empty());
        }
        self.stack.pop().ok_or_else(empty)
    }

    fn above_mark(&mut self) -> Result<Vec<Id>, String> {
        let mark = self.marks.pop().filter(|mark| *mark <= self.stack.len());
        Ok(self.stack.split_off(mark.ok_or_else(empty)?))
    }

    /// An `OrderedDict` is a dictionary; every other call stays what it is.
    fn call(&mut self) -> Result<(), String> {
        let (arguments, callable) = (self.pop()?, self.pop()?);
        match &self.values[callable] {
            Value::Global(name) if name == "collections OrderedDict" => self.push(Value::Dict(Vec::new())),
            _ => self.push(Value::Call(callable, arguments)),
        }
        Ok(())
    }

    fn extend_list(&mut self, items: &[Id]) -> Result<(), String> {
        let list = *self.stack.last().ok_or_else(empty)?;
        match &mut self.values[list] {
            Value::List(list) => list.extend_from_slice(items),
            Value::Other => {}
            _ => return Err("items for what is no list".to_owned()),
        }
        Ok(())
    }

    fn extend_dict(&mut self, items: &[Id]) -> Result<(), String> {
        let dict = *self.stack.last().ok_or_else(empty)?;
        let (pairs, rest) = items.as_chunks::<2>();
        match &mut self.values[dict] {
            Value::Dict(dict) if rest.is_empty() => {
                dict.extend(pairs.iter().map(|[key, value]| (*key, *value)))
            }
            _ => return Err("items for what is no dictionary".to_owned()),
        }
        Ok(())
    }

    fn remember(&mut self, slot: usize) -> Result<(), String> {
        let top = *self.stack.last().ok_or_else(empty)?;
        // Python numbers them one by one; a gap as large as the file is none of Python's.
        if slot > self.read {
            return Err(format!("the pickle's memo has no place {slot}"));
        }
        if slot >= self.memo.len() {
            self.memo.resize(slot + 1, None);
        }
        self.memo[slot] = Some(top);
        Ok(())
    }

    fn recall(&mut self, slot: usize) -> Result<(), String> {
        let id = self.memo.get(slot).copied().flatten();
        self.stack
            .push(id.ok_or_else(|| format!("the pickle's memo has no place {slot}"))?);
        Ok(())
    }

    fn bytes<const N: usize>(&mut self) -> Result<[u8; N], String> {
        let mut bytes = [0; N];
        self.count(N)?;
        self.reader
            .read_exact(&mut bytes)
            .map_err(|error| error.to_string())?;
        Ok(bytes)
    }

    fn take(&mut self, length: usize) -> Result<Vec<u8>, String> {
        self.count(length)?;
        let mut bytes = Vec::new();
        let found = self.reader.by_ref().take(length as u64).read_to_end(&mut bytes);
        match found {
            Ok(found) if found == length => Ok(bytes),
            Ok(_) => Err("the pickle ends within a text".to_owned()),
            Err(error) => Err(error.to_string()),
        }
    }

    fn count(&mut self, bytes: usize) -> Result<(), String> {
        self.read = self.read.saturating_add(bytes);
        match self.read <= LONGEST {
            true => Ok(()),
            false => Err(format!("the pickle is longer than {LONGEST} bytes")),
        }
    }

    fn text(&mut self, length: usize) -> Result<(), String> {
        let bytes = self.take(length)?;
        let text = String::from_utf8(bytes).map_err(|_| "a text that is no UTF-8")?;
        self.push(Value::Text(text));
        Ok(())
    }

    fn line(&mut self) -> Result<String, String> {
        let mut line = Vec::new();
        loop {
            match self.bytes::<1>()?[0] {
                b'\n' => break,
                byte => line.push(byte),
            }
        }
        String::from_utf8(line).map_err(|_| "a name that is no UTF-8".to_owned())
    }

    /// Little-endian two's complement; what does not fit 64 bits is no size or place of anything.
    fn long(&mut self, length: usize) -> Result<(), String> {
        let bytes = self.take(length)?;
        let negative = bytes.last().is_some_and(|byte| byte & 0x80 != 0);
        let mut wide = [if negative { 0xff } else { 0 }; 8];
        let value = match bytes.len() {
            0..=8 => {
                wide[..bytes.len()].copy_from_slice(&bytes);
                Value::Int(i64::from_le_bytes(wide))
            }
            _ => Value::Other,
        };
        self.push(value);
        Ok(())
    }
}

fn empty() -> String {
    "the pickle takes from an empty stack".to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(bytes: &[u8]) -> Result<Pickle, String> {
        Pickle::read(&mut &bytes[..])
    }

    #[test]
    fn containers_refer_to_each_other() {
        // {'a': (1, 2), 'b': <the same tuple>}
        let pickle = read(b"\x80\x02}q\x00(X\x01\0\0\0aK\x01K\x02\x86q\x01X\x01\0\0\0bh\x01u.").unwrap();
        let Value::Dict(pairs) = pickle.value(pickle.root) else {
            panic!("{pickle:?}")
        };
        assert_eq!(pickle.text(pairs[1].0), Some("b"));
        assert_eq!(pairs[0].1, pairs[1].1);
        assert_eq!(pickle.numbers(pairs[0].1), Some(vec![1, 2]));
        let pickle = read(b"\x8a\x0a\x6c\xfc\x9c\x46\xf9\x20\x6a\xa8\x50\x19.").unwrap();
        assert_eq!(*pickle.value(pickle.root), Value::Other, "PyTorch's magic number");
    }

    #[test]
    fn nothing_is_called_and_nothing_broken_panics() {
        let call = b"cos\nsystem\n(X\x02\0\0\0lstR.";
        let pickle = read(call).unwrap();
        assert!(matches!(pickle.value(pickle.root), Value::Call(..)));
        for end in 0..call.len() {
            assert!(read(&call[..end]).is_err(), "{end}");
        }
        for broken in [
            &b"X\xff\xff\xff\xffabc"[..],
            b"r\xff\xff\xff\xff.",
            b"Nr\xff\xff\xff\x7f.",
            b"h\x01.",
            b"(.",
            b"t.",
            b"\x87.",
            b"}(Nu.",
            b"]K\x01K\x02s.",
            b"i.",
            b"\x8b\xff\xff\xff\xff.",
        ] {
            assert!(read(broken).is_err(), "{}", broken.escape_ascii());
        }
    }

    #[test]
    fn deep_and_circular_nesting_costs_no_stack() {
        let mut deep = vec![b'N'];
        deep.extend(std::iter::repeat_n(0x85, 1_000_000));
        deep.push(b'.');
        assert!(read(&deep).is_ok());
        assert!(read(b"]q\0h\0a.").is_ok());
    }
}
