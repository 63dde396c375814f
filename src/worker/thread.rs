//! The loop of the engine's thread: takes jobs one after another and reports how each ended.

use std::{
    any::Any,
    panic::{AssertUnwindSafe, catch_unwind},
    path::PathBuf,
    sync::mpsc::Receiver,
};

use super::{
    Command, Event, StopFlag, condense,
    context::{Context, Devices},
    evaluate,
    job::{End, JobError},
    outlet::Outlet,
};

/// Works until the handle is dropped.
pub(super) fn run(commands: &Receiver<(Command, StopFlag)>, outlet: &Outlet, program: PathBuf) {
    let mut devices = Devices::new(program);
    while let Ok((command, stop)) = commands.recv() {
        let mut context = Context { devices: &mut devices, outlet, stop };
        // A fault in the engine ends the job, not the program.
        let end = catch_unwind(AssertUnwindSafe(|| work(command, &mut context)));
        let event = match end {
            Ok(Ok(End::Finished(evaluation))) => Event::Finished { evaluation },
            Ok(Ok(End::Stopped)) => Event::Stopped { evaluating: false },
            Ok(Ok(End::EvaluationStopped)) => Event::Stopped { evaluating: true },
            Ok(Err(error)) => Event::Failed { message: error.to_string() },
            Err(panic) => {
                // The device may be what failed.
                devices.close();
                Event::Failed {
                    message: format!("a fault in Dewpoint ended the work ({}); please report it", text_of(&*panic)),
                }
            }
        };
        outlet.tell(event);
    }
}

fn work(command: Command, context: &mut Context) -> Result<End, JobError> {
    if context.stop.is_asked() {
        // Taken out of the queue: it leaves no trace.
        return Ok(if matches!(command, Command::Evaluate(_)) { End::EvaluationStopped } else { End::Stopped });
    }
    match command {
        Command::Condense(new) => condense::begin(context, new),
        Command::Resume(resumed) => condense::resume(context, &resumed),
        Command::Evaluate(evaluation) => evaluate::begin(context, evaluation),
    }
}

/// What a panic says.
fn text_of(panic: &(dyn Any + Send)) -> &str {
    let text = panic.downcast_ref::<&str>().copied();
    text.or_else(|| panic.downcast_ref::<String>().map(String::as_str)).unwrap_or("without a message")
}
