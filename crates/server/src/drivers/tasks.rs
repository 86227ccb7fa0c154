//! Tasks for the offices leave over HTTP: looked for by their key, else added; changes are written into the one found.

use std::sync::Arc;

use anyhow::Context;
use async_trait::async_trait;
use channels::HttpRequest;
use channels::tasks::{Change, Outcome, Task, TaskList, read_added, read_changed, read_found};
use engine::ports::{HttpAnswer, OfficeTask, TaskChange, TaskFault, Tasks, Transport};

use crate::config;

/// A list of another system.
pub(crate) struct TaskHandOff {
    list: TaskList,
    outside: Arc<dyn Transport>,
}

impl TaskHandOff {
    pub(crate) fn new(system: &config::TaskSystem, outside: Arc<dyn Transport>) -> anyhow::Result<Self> {
        let token = system.token.read().context("tasks")?;
        let list = TaskList::new(&system.list_url, &token).map_err(|e| anyhow::anyhow!("tasks: {e}"))?;
        Ok(Self { list, outside })
    }

    async fn call(&self, request: HttpRequest) -> Result<HttpAnswer, TaskFault> {
        // The driver's reasons speak of carriers; what matters here is only that nothing came back.
        let answer = self.outside.send("tasks", request).await;
        answer.map_err(|_| TaskFault::Later("The task system could not be reached.".to_owned()))
    }
}

fn settle<T>(outcome: Outcome<T>) -> Result<T, TaskFault> {
    match outcome {
        Outcome::Done(value) => Ok(value),
        Outcome::Later(reason) => Err(TaskFault::Later(reason)),
        Outcome::Never(reason) => Err(TaskFault::Never(reason)),
    }
}

#[async_trait]
impl Tasks for TaskHandOff {
    async fn submit(&self, task: OfficeTask) -> Result<String, TaskFault> {
        let answer = self.call(self.list.find(&task.id)).await?;
        if let Some(number) = settle(read_found(answer.status, &answer.body))? {
            return Ok(number);
        }
        let task = Task {
            key: task.id,
            title: task.title,
            office: task.office,
            agreed_time: task.time,
            phone: task.phone.unwrap_or_default(),
            reason: task.reason,
        };
        let answer = self.call(self.list.add(&task)).await?;
        settle(read_added(answer.status, &answer.body))
    }

    async fn update(&self, change: TaskChange) -> Result<(), TaskFault> {
        let answer = self.call(self.list.find(&change.task)).await?;
        let Some(number) = settle(read_found(answer.status, &answer.body))? else {
            // Somebody took it out of the list, or it was never taken.
            return Err(TaskFault::Never("The task system has no task for this visit.".to_owned()));
        };
        let change = Change {
            title: change.title,
            office: change.office,
            agreed_time: change.time,
            cancelled: change.cancelled,
        };
        let answer = self.call(self.list.change(&number, &change)).await?;
        settle(read_changed(answer.status))
    }
}
