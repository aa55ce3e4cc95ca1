//! What the shells' watches have in common.

use std::sync::{Arc, Mutex};
use std::task::{Context, Poll, Waker};

use barebus::CallError;

use super::event::Event;
use super::flow::lock;
use super::table::Table;
use crate::error::Error;
use crate::name::UnitName;

/// A table, and the flow that fills it.
pub(super) struct Watching<F> {
    table: Arc<Mutex<Table>>,
    flow: Flow<F>,
}

enum Flow<F> {
    Follows(F),
    /// Why it cannot go on. The events that were told before come first.
    Failed(CallError),
    Over,
}

impl<F: Future<Output = CallError> + Unpin> Watching<F> {
    /// A watch of these units; `None`: of all. `flow` makes the flow; it is begun at once, so that nothing is missed that is sent later.
    pub(super) fn begin(
        names: Option<Vec<UnitName>>,
        flow: impl FnOnce(Arc<Mutex<Table>>) -> F,
    ) -> Self {
        let names = names.map(|names| names.into_iter().map(String::from).collect());
        let table = Arc::new(Mutex::new(Table::new(names)));
        let flow = Flow::Follows(flow(Arc::clone(&table)));
        let mut watching = Self { table, flow };
        watching.go_on(&mut Context::from_waker(Waker::noop()));
        watching
    }

    fn go_on(&mut self, cx: &mut Context<'_>) {
        if let Flow::Follows(flow) = &mut self.flow {
            if let Poll::Ready(error) = std::pin::Pin::new(flow).poll(cx) {
                self.flow = Flow::Failed(error);
            }
        }
    }

    /// The next event; `None` after the error that ended the watch.
    pub(super) fn poll_next(&mut self, cx: &mut Context<'_>) -> Poll<Option<Result<Event, Error>>> {
        // Only who has taken all events gets more of them, so they take no more memory than the signals that they were made of.
        let mut event = lock(&self.table).pop();
        if event.is_none() {
            self.go_on(cx);
            event = lock(&self.table).pop();
        }
        if let Some(event) = event {
            return Poll::Ready(Some(Ok(event)));
        }
        match std::mem::replace(&mut self.flow, Flow::Over) {
            Flow::Follows(flow) => {
                self.flow = Flow::Follows(flow);
                Poll::Pending
            }
            Flow::Failed(error) => {
                Poll::Ready(Some(Err(Error::new("watching units", None, error))))
            }
            Flow::Over => Poll::Ready(None),
        }
    }
}

/// Checks names.
pub(super) fn names(
    names: impl IntoIterator<Item = impl AsRef<str>>,
) -> Result<Vec<UnitName>, Error> {
    let parse = |name: &str| {
        UnitName::parse(name).map_err(|error| Error::new("watching units", name, error))
    };
    names.into_iter().map(|name| parse(name.as_ref())).collect()
}
