//! Unit files: whether they are enabled, and changing that.

use barebus::OwnedMessage;
use barebus::definition::{Kinds, List, Method, Str};

use super::change::{FileChanges, FileOptions};
use crate::ask::{ask, checked, failed, names};
use crate::client::{CallOptions, Client};
use crate::daemon;
use crate::error::Error;
use crate::interface::manager::method as call;
use crate::word::{PresetMode, UnitFileState};

/// The answer of the operations on unit files that say whether any has something to do in `[Install]`.
type WithInfo = (bool, List<Change>);
/// The answer of the others.
type Changes = (List<Change>,);
/// What was done, the path, and what the link leads to.
type Change = (Str, Str, Str);

pub(crate) async fn unit_file_state<C: Client>(
    client: &C,
    unit: &str,
) -> Result<UnitFileState, Error> {
    let method = call::GET_UNIT_FILE_STATE;
    checked(method, unit)?;
    let reply = ask(client, method, (unit,), Some(unit), CallOptions::default()).await?;
    let (state,) = method.answer(&reply).map_err(failed(method, Some(unit)))?;
    Ok(state.into())
}

pub(crate) async fn enable_unit_files<C: Client>(
    client: &C,
    files: &[&str],
    options: FileOptions,
) -> Result<FileChanges, Error> {
    let about = names(files);
    let (about, plain) = (about.as_deref(), CallOptions::default());
    let newest = call::ENABLE_UNIT_FILES_WITH_FLAGS;
    let reply = match ask(client, newest, (files, options.flags()), about, plain).await {
        // Before 246. It cannot say the flag that looks for portable services.
        Err(error) if error.is_unsupported() && !options.portable => {
            let arguments = (files, options.runtime, options.force);
            ask(client, call::ENABLE_UNIT_FILES, arguments, about, CallOptions::default()).await?
        }
        reply => reply?,
    };
    changed_with_info(client, newest, about, &reply, options).await
}

pub(crate) async fn disable_unit_files<C: Client>(
    client: &C,
    files: &[&str],
    options: FileOptions,
) -> Result<FileChanges, Error> {
    let about = names(files);
    let about = about.as_deref();
    let newest = call::DISABLE_UNIT_FILES_WITH_FLAGS_AND_INSTALL_INFO;
    let arguments = (files, options.flags());
    match ask(client, newest, arguments, about, CallOptions::default()).await {
        // Before 253.
        Err(error) if error.is_unsupported() => {}
        reply => return changed_with_info(client, newest, about, &reply?, options).await,
    }
    let older = call::DISABLE_UNIT_FILES_WITH_FLAGS;
    let reply = match ask(client, older, arguments, about, CallOptions::default()).await {
        // Before 246.
        Err(error) if error.is_unsupported() && !options.portable => {
            let arguments = (files, options.runtime);
            ask(client, call::DISABLE_UNIT_FILES, arguments, about, CallOptions::default()).await?
        }
        reply => reply?,
    };
    changed(client, older, about, &reply, options).await
}

pub(crate) async fn reenable_unit_files<C: Client>(
    client: &C,
    files: &[&str],
    options: FileOptions,
) -> Result<FileChanges, Error> {
    let about = names(files);
    let about = about.as_deref();
    let method = call::REENABLE_UNIT_FILES;
    let arguments = (files, options.runtime, options.force);
    let reply = ask(client, method, arguments, about, CallOptions::default()).await?;
    changed_with_info(client, method, about, &reply, options).await
}

pub(crate) async fn link_unit_files<C: Client>(
    client: &C,
    paths: &[&str],
    options: FileOptions,
) -> Result<FileChanges, Error> {
    change(client, call::LINK_UNIT_FILES, paths, options).await
}

pub(crate) async fn mask_unit_files<C: Client>(
    client: &C,
    files: &[&str],
    options: FileOptions,
) -> Result<FileChanges, Error> {
    change(client, call::MASK_UNIT_FILES, files, options).await
}

/// Calls a method that takes files, `runtime` and `force`.
async fn change<C: Client>(
    client: &C,
    method: Method<(List<Str>, bool, bool), Changes>,
    files: &[&str],
    options: FileOptions,
) -> Result<FileChanges, Error> {
    let about = names(files);
    let about = about.as_deref();
    let arguments = (files, options.runtime, options.force);
    let reply = ask(client, method, arguments, about, CallOptions::default()).await?;
    changed(client, method, about, &reply, options).await
}

pub(crate) async fn unmask_unit_files<C: Client>(
    client: &C,
    files: &[&str],
    options: FileOptions,
) -> Result<FileChanges, Error> {
    let about = names(files);
    let about = about.as_deref();
    let method = call::UNMASK_UNIT_FILES;
    let arguments = (files, options.runtime);
    let reply = ask(client, method, arguments, about, CallOptions::default()).await?;
    changed(client, method, about, &reply, options).await
}

pub(crate) async fn preset_unit_files<C: Client>(
    client: &C,
    files: &[&str],
    mode: PresetMode,
    options: FileOptions,
) -> Result<FileChanges, Error> {
    let about = names(files);
    let about = about.as_deref();
    let method = call::PRESET_UNIT_FILES_WITH_MODE;
    let arguments = (files, mode, options.runtime, options.force);
    let reply = ask(client, method, arguments, about, CallOptions::default()).await?;
    changed_with_info(client, method, about, &reply, options).await
}

pub(crate) async fn preset_all_unit_files<C: Client>(
    client: &C,
    mode: PresetMode,
    options: FileOptions,
) -> Result<FileChanges, Error> {
    let method = call::PRESET_ALL_UNIT_FILES;
    let arguments = (mode, options.runtime, options.force);
    let reply = ask(client, method, arguments, None, CallOptions::default()).await?;
    changed(client, method, None, &reply, options).await
}

pub(crate) async fn revert_unit_files<C: Client>(
    client: &C,
    files: &[&str],
    options: FileOptions,
) -> Result<FileChanges, Error> {
    let about = names(files);
    let about = about.as_deref();
    let method = call::REVERT_UNIT_FILES;
    let reply = ask(client, method, (files,), about, CallOptions::default()).await?;
    changed(client, method, about, &reply, options).await
}

pub(crate) async fn add_dependency_unit_files<C: Client>(
    client: &C,
    files: &[&str],
    target: &str,
    dependency: super::FileDependency,
    options: FileOptions,
) -> Result<FileChanges, Error> {
    let about = names(files);
    let about = about.as_deref();
    let method = call::ADD_DEPENDENCY_UNIT_FILES;
    let arguments = (files, target, dependency.as_str(), options.runtime, options.force);
    let reply = ask(client, method, arguments, about, CallOptions::default()).await?;
    changed(client, method, about, &reply, options).await
}

pub(crate) async fn default_target<C: Client>(client: &C) -> Result<String, Error> {
    let method = call::GET_DEFAULT_TARGET;
    let reply = ask(client, method, (), None, CallOptions::default()).await?;
    let (target,) = method.answer(&reply).map_err(failed(method, None))?;
    Ok(target.into())
}

pub(crate) async fn set_default_target<C: Client>(
    client: &C,
    target: &str,
    options: FileOptions,
) -> Result<FileChanges, Error> {
    let method = call::SET_DEFAULT_TARGET;
    let arguments = (target, options.force);
    let reply = ask(client, method, arguments, Some(target), CallOptions::default()).await?;
    changed(client, method, Some(target), &reply, options).await
}

/// Reads the changes, and reloads.
async fn changed<C: Client, In: Kinds>(
    client: &C,
    method: Method<In, Changes>,
    about: Option<&str>,
    reply: &OwnedMessage,
    options: FileOptions,
) -> Result<FileChanges, Error> {
    let (changes,) = method.answer_as(reply).map_err(failed(method, about))?;
    reload_after(client, options).await?;
    Ok(FileChanges::new(None, changes))
}

/// As [`changed`], for methods that say whether any file has something to do in `[Install]`.
async fn changed_with_info<C: Client, In: Kinds>(
    client: &C,
    method: Method<In, WithInfo>,
    about: Option<&str>,
    reply: &OwnedMessage,
    options: FileOptions,
) -> Result<FileChanges, Error> {
    let (carries_install_info, changes) = method.answer_as(reply).map_err(failed(method, about))?;
    reload_after(client, options).await?;
    Ok(FileChanges::new(Some(carries_install_info), changes))
}

/// systemd goes on with what it has read before until it is told to read the files again.
async fn reload_after<C: Client>(client: &C, options: FileOptions) -> Result<(), Error> {
    match options.reload {
        true => daemon::reload(client).await,
        false => Ok(()),
    }
}
