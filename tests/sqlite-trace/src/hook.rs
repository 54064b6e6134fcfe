//! What SQLite calls. All that is unsafe is here.
#![expect(unsafe_code, reason = "SQLite calls these functions as C does, with pointers of its own")]

use std::ffi::{CStr, c_char, c_int, c_uint, c_void};
use std::path::Path;
use std::ptr;
use std::sync::Once;

use libsqlite3_sys::{
    SQLITE_OK, SQLITE_TRACE_STMT, sqlite3, sqlite3_api_routines, sqlite3_auto_extension, sqlite3_db_filename,
    sqlite3_db_handle, sqlite3_trace_v2,
};

/// From now on each connection that this process opens is traced.
pub(crate) fn install() {
    static INSTALLED: Once = Once::new();
    INSTALLED.call_once(|| {
        // SAFETY: `opened` has the signature of an extension's entry point and lives as long as the process; SQLite
        // takes the call on any thread.
        let taken = unsafe { sqlite3_auto_extension(Some(opened)) };
        assert_eq!(taken, SQLITE_OK, "SQLite takes no hook");
    });
}

/// SQLite calls it for each connection that was opened, on the thread that opened it.
unsafe extern "C" fn opened(
    connection: *mut sqlite3,
    _: *mut *mut c_char,
    _: *const sqlite3_api_routines,
) -> c_int {
    // SAFETY: the connection is open and in use by this thread alone; `ran` has the signature of a hook and asks
    // for nothing of its own, hence no context.
    unsafe { sqlite3_trace_v2(connection, SQLITE_TRACE_STMT, Some(ran), ptr::null_mut()) }
}

/// SQLite calls it for each statement when that begins: `statement` is a `sqlite3_stmt`, `text` a C string.
unsafe extern "C" fn ran(_: c_uint, _: *mut c_void, statement: *mut c_void, text: *mut c_void) -> c_int {
    // SAFETY: SQLite hands both over for the time of this call, as its documentation of `SQLITE_TRACE_STMT` says.
    // The connection of a statement outlives it; "main" is the name of every connection's first database, and
    // its file's name is a C string (empty without a file) that lives as long as the connection.
    let (file, text) = unsafe {
        let file = sqlite3_db_filename(sqlite3_db_handle(statement.cast()), c"main".as_ptr());
        if file.is_null() || text.is_null() {
            return 0;
        }
        (CStr::from_ptr(file), CStr::from_ptr(text.cast_const().cast()))
    };
    if let (Ok(file), Ok(text)) = (file.to_str(), text.to_str()) {
        crate::began(Path::new(file), text);
    }
    0
}
