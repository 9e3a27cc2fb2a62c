//! A function of a shared library.

use std::path::{Path, PathBuf};

use libloading::{Library, Symbol};
use sigmoid_conformance::ForeignKernel;

/// What stands between the command and a function.
#[derive(Debug, thiserror::Error)]
pub enum Unloadable {
    #[error("cannot load {}: {source}", path.display())]
    Library { path: PathBuf, source: libloading::Error },

    #[error("{} has no symbol {symbol}: {source}", path.display())]
    Symbol { path: PathBuf, symbol: String, source: libloading::Error },

    #[error("cannot load {}: {source}", path.display())]
    NoFile { path: PathBuf, source: std::io::Error },
}

/// A library that stays loaded.
pub struct Loaded {
    path: PathBuf,
    library: Library,
}

impl Loaded {
    /// Loads this very file: a name without a directory is not looked for where the system has its libraries.
    ///
    /// # Safety
    ///
    /// What runs when the library is loaded and unloaded is the user's, who has named it.
    pub unsafe fn open(path: &Path) -> Result<Self, Unloadable> {
        let file =
            path.canonicalize().map_err(|source| Unloadable::NoFile { path: path.to_owned(), source })?;
        // SAFETY: the caller's.
        let library = unsafe { Library::new(file) };
        match library {
            Ok(library) => Ok(Self { path: path.to_owned(), library }),
            Err(source) => Err(Unloadable::Library { path: path.to_owned(), source }),
        }
    }

    /// The function of this name.
    ///
    /// # Safety
    ///
    /// It must be one of these arguments, and is not to be called when the library is gone.
    pub unsafe fn function<T>(&self, symbol: &str) -> Result<ForeignKernel<T>, Unloadable> {
        // SAFETY: the caller vouches for the type.
        let function: Result<Symbol<'_, ForeignKernel<T>>, _> = unsafe { self.library.get(symbol) };
        match function {
            Ok(function) => Ok(*function),
            Err(source) => {
                Err(Unloadable::Symbol { path: self.path.clone(), symbol: symbol.to_owned(), source })
            }
        }
    }
}
