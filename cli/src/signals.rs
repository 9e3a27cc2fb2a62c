//! What a signal finds: a process that ends by it, and leaves no file that is half written.
//!
//! Until a file is begun no signal is caught: each does what it does to any program. From then on a
//! signal that would end the process first removes that file, and then ends the process all the same,
//! so that a shell sees which signal it was. What the parent has ignored (SIGHUP under nohup, SIGINT
//! in the background) stays ignored. On systems without such signals nothing is caught.

#[cfg(unix)]
pub use self::unix::{Held, remove_at_the_end};

#[cfg(unix)]
mod unix {
    use std::ffi::{CStr, CString, c_char, c_int};
    use std::io;
    use std::os::unix::ffi::OsStrExt;
    use std::path::Path;
    use std::ptr;
    use std::sync::OnceLock;
    use std::sync::atomic::{AtomicPtr, Ordering};

    use nix::libc;
    use nix::sys::pthread::{Pthread, pthread_kill, pthread_self};
    use nix::sys::signal::{SaFlags, SigAction, SigHandler, SigSet, SigmaskHow, Signal, raise, sigaction};
    use nix::unistd::unlink;

    /// The signals that end a process unless it catches them, and that others send, or the system where a
    /// limit is reached.
    const ENDING: [Signal; 9] = [
        Signal::SIGHUP,
        Signal::SIGINT,
        Signal::SIGQUIT,
        Signal::SIGTERM,
        Signal::SIGALRM,
        Signal::SIGUSR1,
        Signal::SIGUSR2,
        Signal::SIGXCPU,
        Signal::SIGXFSZ,
    ];

    /// The thread that writes files. It alone acts on signals: whatever it does not let itself be
    /// interrupted in is then whole for the handler too.
    static WRITER: OnceLock<Pthread> = OnceLock::new();

    /// The name of the file that is to go, or null.
    static UNFINISHED: AtomicPtr<c_char> = AtomicPtr::new(ptr::null_mut());

    /// While it lives, signals wait that would end the process: this thread holds them, and the others, on
    /// which the system may deliver them meanwhile, pass them on to it.
    pub struct Held {
        before: SigSet,
    }

    impl Held {
        /// On the thread that writes files, which lives as long as the process.
        pub fn new() -> io::Result<Self> {
            let held = Self { before: ending().thread_swap_mask(SigmaskHow::SIG_BLOCK)? };
            if WRITER.set(pthread_self()).is_ok() {
                for signal in ENDING {
                    catch(signal)?;
                }
            }
            Ok(held)
        }
    }

    impl Drop for Held {
        fn drop(&mut self) {
            // It fails for masks that are none only.
            let _ = self.before.thread_set_mask();
        }
    }

    fn ending() -> SigSet {
        ENDING.into_iter().collect()
    }

    /// From now on a signal that ends the process removes this file first, in place of the one named before.
    /// The file has been made while signals were held.
    pub fn remove_at_the_end(path: &Path, _held: &Held) -> io::Result<()> {
        // Never freed: the handler may come at any time.
        let name = CString::new(path.as_os_str().as_bytes())?.into_raw();
        UNFINISHED.store(name, Ordering::Release);
        Ok(())
    }

    /// Signals are held: one that comes between the two calls waits, and what is ignored is then forgotten.
    fn catch(signal: Signal) -> io::Result<()> {
        let action = SigAction::new(SigHandler::Handler(end), SaFlags::SA_RESTART, ending());
        // SAFETY: the handler does only what handlers may.
        let before = unsafe { sigaction(signal, &action) }?;
        if matches!(before.handler(), SigHandler::SigIgn) {
            // SAFETY: to ignore a signal runs no code.
            unsafe { sigaction(signal, &before) }?;
        }
        Ok(())
    }

    /// Removes what is unfinished, and lets the signal do what it would have done. Every call is one that
    /// POSIX allows in a handler.
    extern "C" fn end(number: c_int) {
        let (Some(&writer), Ok(signal)) = (WRITER.get(), Signal::try_from(number)) else {
            return;
        };
        if pthread_self() != writer {
            let _ = pthread_kill(writer, signal);
            return;
        }
        let name = UNFINISHED.load(Ordering::Acquire);
        if !name.is_null() {
            // SAFETY: it came from a CString that is never freed.
            let _ = unlink(unsafe { CStr::from_ptr(name) });
        }
        let default = SigAction::new(SigHandler::SigDfl, SaFlags::empty(), SigSet::empty());
        // SAFETY: the default action runs no code of this process.
        let _ = unsafe { sigaction(signal, &default) };
        let _ = raise(signal);
        let _ = SigSet::from(signal).thread_unblock();
        // The first process of a container lives on after the default action.
        // SAFETY: it ends the process and nothing else.
        unsafe { libc::_exit(128 + number) }
    }
}
