//! The loop of the engine's thread: takes jobs one after another and reports how each ended.

use std::{
    any::Any,
    panic::{AssertUnwindSafe, catch_unwind},
    path::PathBuf,
    sync::mpsc::Receiver,
};

use super::{
    Command, Event, JobControl, StopLevel, condense,
    context::{Context, Devices},
    continual, evaluate,
    job::{End, JobError},
    outlet::Outlet,
    search, speed,
};
use crate::{engine::threads, project::RunFolder};

/// Works until the handle is dropped.
pub(super) fn run(commands: &Receiver<(Command, JobControl)>, outlet: &Outlet, program: PathBuf) {
    let _pool = threads::join();
    let mut devices = Devices::new(program);
    while let Ok((command, control)) = commands.recv() {
        let mut context = Context::new(&mut devices, outlet, control);
        // A fault in the engine ends the job, not the program.
        let end = catch_unwind(AssertUnwindSafe(|| work(command, &mut context)));
        let event = match end {
            Ok(Ok(End::Finished(evaluation))) => Event::Finished { evaluation },
            Ok(Ok(End::Stopped)) => Event::Stopped { evaluating: false },
            Ok(Ok(End::EvaluationStopped)) => Event::Stopped { evaluating: true },
            Ok(Err(error)) => failed(&context, error.to_string()),
            Err(panic) => {
                // The device may be what failed.
                context.close_device();
                let text = text_of(&*panic);
                failed(&context, format!("a fault in Dewpoint ended the work ({text}); please report it"))
            }
        };
        outlet.tell(event);
    }
}

fn work(command: Command, context: &mut Context) -> Result<End, JobError> {
    if context.control.level() != StopLevel::None {
        // Taken out of the queue: it leaves no trace.
        return Ok(match command {
            Command::Condense(_) | Command::Resume(_) | Command::MeasureSpeed(_) => End::Stopped,
            Command::Evaluate(_) | Command::Continual(_) | Command::Search(_) => End::EvaluationStopped,
        });
    }
    match command {
        Command::Condense(new) => condense::begin(context, new),
        Command::Resume(resumed) => condense::resume(context, &resumed),
        Command::Evaluate(evaluation) => evaluate::begin(context, &evaluation),
        Command::Continual(new) => continual::begin(context, &new),
        Command::Search(new) => search::begin(context, &new),
        Command::MeasureSpeed(choice) => speed::measure(context, choice),
    }
}

/// Notes in the run's record why it failed. The job's own writer is gone, and with it the lock.
fn failed(context: &Context, message: String) -> Event {
    if let Some(folder) = &context.run {
        // Where this fails too, the first error is the one to tell.
        let _ = RunFolder::open_to_write(folder)
            .and_then(|mut writer| writer.update_record(|record| record.failure = Some(message.clone())));
    }
    Event::Failed { message }
}

/// What a panic says.
pub(super) fn text_of(panic: &(dyn Any + Send)) -> &str {
    let text = panic.downcast_ref::<&str>().copied();
    text.or_else(|| panic.downcast_ref::<String>().map(String::as_str)).unwrap_or("without a message")
}
