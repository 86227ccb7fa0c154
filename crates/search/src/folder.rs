//! The folder on disk that the index lives in.
//!
//! Owns how tantivy's files are written (flushed to the disk before they count) and read (whole, into memory). It
//! maps nothing: a file that is cut short or deleted while we run must never take the process with it, and an
//! index is at most half the size of the texts. It does not know what is in the files.

use std::fs::{File, OpenOptions};
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use tantivy::directory::error::{DeleteError, LockError, OpenReadError, OpenWriteError};
use tantivy::directory::{
    AntiCallToken, Directory, DirectoryLock, FileHandle, Lock, OwnedBytes, TerminatingWrite, WatchCallback,
    WatchHandle, WritePtr,
};

/// A folder whose files are read whole.
#[derive(Clone, Debug)]
pub(crate) struct Folder {
    root: Arc<PathBuf>,
}

impl Folder {
    pub(crate) fn new(root: &Path) -> Self {
        Folder { root: Arc::new(root.to_path_buf()) }
    }

    fn full(&self, path: &Path) -> PathBuf {
        self.root.join(path)
    }

    fn read(&self, path: &Path) -> Result<Vec<u8>, OpenReadError> {
        std::fs::read(self.full(path)).map_err(|error| match error.kind() {
            io::ErrorKind::NotFound => OpenReadError::FileDoesNotExist(path.to_path_buf()),
            _ => OpenReadError::wrap_io_error(error, path.to_path_buf()),
        })
    }
}

/// A file that only counts as written once its bytes are on the disk.
struct Durable(File);

impl Write for Durable {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.0.flush()
    }
}

impl TerminatingWrite for Durable {
    fn terminate_ref(&mut self, _: AntiCallToken) -> io::Result<()> {
        self.0.flush()?;
        self.0.sync_data()
    }
}

impl Directory for Folder {
    fn get_file_handle(&self, path: &Path) -> Result<Arc<dyn FileHandle>, OpenReadError> {
        Ok(Arc::new(OwnedBytes::new(self.read(path)?)))
    }

    fn delete(&self, path: &Path) -> Result<(), DeleteError> {
        std::fs::remove_file(self.full(path)).map_err(|error| match error.kind() {
            io::ErrorKind::NotFound => DeleteError::FileDoesNotExist(path.to_path_buf()),
            _ => DeleteError::IoError { io_error: Arc::new(error), filepath: path.to_path_buf() },
        })
    }

    fn exists(&self, path: &Path) -> Result<bool, OpenReadError> {
        self.full(path).try_exists().map_err(|error| OpenReadError::wrap_io_error(error, path.to_path_buf()))
    }

    fn open_write(&self, path: &Path) -> Result<WritePtr, OpenWriteError> {
        let file = OpenOptions::new().write(true).create_new(true).open(self.full(path)).map_err(
            |error| match error.kind() {
                io::ErrorKind::AlreadyExists => OpenWriteError::FileAlreadyExists(path.to_path_buf()),
                _ => OpenWriteError::wrap_io_error(error, path.to_path_buf()),
            },
        )?;
        Ok(BufWriter::new(Box::new(Durable(file))))
    }

    fn atomic_read(&self, path: &Path) -> Result<Vec<u8>, OpenReadError> {
        self.read(path)
    }

    fn atomic_write(&self, path: &Path, data: &[u8]) -> io::Result<()> {
        let full = self.full(path);
        let mut beside = full.clone().into_os_string();
        beside.push(".new");
        let mut file = File::create(&beside)?;
        file.write_all(data)?;
        file.sync_data()?;
        std::fs::rename(&beside, &full)?;
        self.sync_directory()
    }

    fn sync_directory(&self) -> io::Result<()> {
        File::open(self.root.as_path())?.sync_data()
    }

    fn acquire_lock(&self, lock: &Lock) -> Result<DirectoryLock, LockError> {
        // The operating system lets go of this lock when the process dies, so a crash leaves nothing behind that
        // would keep the next start from writing.
        let file = OpenOptions::new()
            .write(true)
            .create(true)
            .truncate(false)
            .open(self.full(&lock.filepath))
            .map_err(LockError::wrap_io_error)?;
        if lock.is_blocking {
            file.lock().map_err(LockError::wrap_io_error)?;
        } else {
            file.try_lock().map_err(|error| match error {
                std::fs::TryLockError::WouldBlock => LockError::LockBusy,
                std::fs::TryLockError::Error(error) => LockError::wrap_io_error(error),
            })?;
        }
        Ok(DirectoryLock::from(Box::new(file)))
    }

    fn watch(&self, _: WatchCallback) -> tantivy::Result<WatchHandle> {
        // We reload ourselves after each commit; nobody else writes to the folder.
        Ok(WatchHandle::empty())
    }
}
