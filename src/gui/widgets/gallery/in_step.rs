//! Galleries that scroll together: the offset that they share, and who moved it last.

use egui::{Context, Id, Vec2};

/// The shared offset; a higher version is a newer one.
#[derive(Debug, Clone, Copy, Default)]
struct Shared {
    offset: Vec2,
    version: u64,
}

/// What one gallery knows of it.
#[derive(Debug, Clone, Copy, Default)]
struct Seen {
    version: u64,
    /// Its own offset, which is smaller where it has less to show.
    offset: Vec2,
}

/// One gallery's part in a group, for one frame.
pub(super) struct Member {
    group: Id,
    own: Id,
    shared: Shared,
    seen: Seen,
}

impl Member {
    pub(super) fn load(ctx: &Context, group: Id, own: Id) -> Self {
        let own = own.with("in step");
        let (shared, seen) = ctx.data(|data| (data.get_temp(group), data.get_temp(own)));
        Self { group, own, shared: shared.unwrap_or_default(), seen: seen.unwrap_or_default() }
    }

    /// Where to scroll because another gallery moved.
    pub(super) fn asked(&self) -> Option<Vec2> {
        (self.shared.version != self.seen.version).then_some(self.shared.offset)
    }

    /// Tells the others where this gallery stands now, if a person moved it.
    pub(super) fn store(mut self, ctx: &Context, offset: Vec2) {
        let followed = self.asked().is_some();
        if !followed && (offset - self.seen.offset).length() > 0.1 {
            self.shared = Shared { offset, version: self.shared.version + 1 };
            ctx.data_mut(|data| data.insert_temp(self.group, self.shared));
            ctx.request_repaint();
        }
        let seen = Seen { version: self.shared.version, offset };
        ctx.data_mut(|data| data.insert_temp(self.own, seen));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use egui::vec2;

    #[test]
    fn one_moves_and_the_other_follows() {
        let ctx = Context::default();
        let [group, left, right] = ["group", "left", "right"].map(Id::unique);
        let load = |own| Member::load(&ctx, group, own);
        load(left).store(&ctx, Vec2::ZERO);
        load(right).store(&ctx, Vec2::ZERO);
        load(left).store(&ctx, vec2(0.0, 40.0));
        let follower = load(right);
        assert_eq!(follower.asked(), Some(vec2(0.0, 40.0)));
        // It has less to show, and stops earlier; that does not pull the first one back.
        follower.store(&ctx, vec2(0.0, 30.0));
        assert_eq!(load(left).asked(), None);
        load(right).store(&ctx, vec2(0.0, 30.0));
        assert_eq!(load(left).asked(), None);
        load(right).store(&ctx, vec2(0.0, 10.0));
        assert_eq!(load(left).asked(), Some(vec2(0.0, 10.0)));
    }
}
