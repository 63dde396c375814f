//! What leaves the engine's thread: events, the images of the moment, and a call that wakes their reader.

use std::sync::mpsc::Sender;

use super::{Event, slot::Slot};
use crate::domain::LiveImages;

/// Tells the reader what happens. Nobody listening is no error.
pub(super) struct Outlet {
    events: Sender<Event>,
    images: Slot<LiveImages>,
    wake: Box<dyn Fn() + Send>,
}

impl Outlet {
    pub fn new(events: Sender<Event>, images: Slot<LiveImages>, wake: impl Fn() + Send + 'static) -> Self {
        Self { events, images, wake: Box::new(wake) }
    }

    /// Sends an event, and wakes the reader when it can be read: woken before, it could look too early and sleep on.
    pub fn tell(&self, event: Event) {
        let _ = self.events.send(event);
        (self.wake)();
    }

    /// Whether anyone has ever looked at images.
    pub fn shows_images(&self) -> bool {
        self.images.is_watched()
    }

    /// Puts images where the reader finds the latest.
    pub fn show(&self, images: LiveImages) {
        self.images.put(images);
        (self.wake)();
    }
}
