//! Which part of the axes is seen: all of it, or where a person moved it; alone or together with other plots.

use egui::{Context, Id};

/// From and to.
pub(super) type Span = [f64; 2];

/// Where a person moved the axes; `None` for all there is.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub(super) struct View {
    pub x: Option<Span>,
    pub y: Option<Span>,
}

/// What plots of one group share.
#[derive(Debug, Clone, Default)]
struct Group {
    x: Option<Span>,
    members: Vec<(Id, Span, u64)>,
    cursor: Option<Cursor>,
}

/// Where one plot of a group is being read.
#[derive(Debug, Clone, Copy)]
struct Cursor {
    x: f64,
    plot: Id,
    pass: u64,
}

/// One plot's part in a group, or none.
#[derive(Clone, Copy)]
pub(super) struct Link {
    group: Option<Id>,
    plot: Id,
    pass: u64,
}

impl Link {
    pub(super) fn new(ctx: &Context, group: Option<Id>, plot: Id) -> Self {
        Self { group: group.map(|group| group.with("linked plots")), plot, pass: ctx.cumulative_pass_nr() }
    }

    fn with<R>(self, ctx: &Context, change: impl FnOnce(&mut Group) -> R) -> Option<R> {
        let group = self.group?;
        Some(ctx.data_mut(|data| change(data.get_temp_mut_or_default::<Group>(group))))
    }

    /// The range of x that holds the data of all plots of the group, given that of this one.
    pub(super) fn extent(self, ctx: &Context, own: Span) -> Span {
        let union = |group: &mut Group| {
            // Who was not seen in the last pass is gone.
            group.members.retain(|(id, _, pass)| *id != self.plot && pass + 1 >= self.pass);
            group.members.push((self.plot, own, self.pass));
            group.members.iter().fold(own, |[low, high], (_, other, _)| [low.min(other[0]), high.max(other[1])])
        };
        self.with(ctx, union).unwrap_or(own)
    }

    /// Where a person moved the x axis.
    pub(super) fn x(self, ctx: &Context, view: &View) -> Option<Span> {
        self.with(ctx, |group| group.x).unwrap_or(view.x)
    }

    /// Moves the x axis of every plot of the group; `None` shows all again.
    pub(super) fn set_x(self, ctx: &Context, view: &mut View, x: Option<Span>) {
        view.x = x;
        if self.with(ctx, |group| group.x = x).is_some() {
            ctx.request_repaint();
        }
    }

    /// Tells the other plots where this one is being read.
    pub(super) fn set_cursor(self, ctx: &Context, x: f64) {
        let moved = self.with(ctx, |group| {
            let before = group.cursor.replace(Cursor { x, plot: self.plot, pass: self.pass });
            before.is_none_or(|before| before.x.to_bits() != x.to_bits())
        });
        if moved == Some(true) {
            ctx.request_repaint();
        }
    }

    /// Where another plot of the group is being read.
    pub(super) fn others_cursor(self, ctx: &Context) -> Option<f64> {
        let cursor = self.with(ctx, |group| group.cursor)??;
        (cursor.plot != self.plot && cursor.pass + 1 >= self.pass).then_some(cursor.x)
    }
}

/// `span` with room at both ends, and some width at the least.
pub(super) fn with_room([low, high]: Span, share: f64) -> Span {
    let width = high - low;
    let least = 1e-9 * low.abs().max(high.abs()).max(1e-9);
    let room = if width > least { share * width } else { 0.5 * low.abs().max(1.0).min(high.abs().max(1e-3)) };
    [low - room, high + room]
}

/// `span` cut or widened to the limits that are given.
pub(super) fn limited([low, high]: Span, limits: [Option<f64>; 2]) -> Span {
    let finite = |limit: Option<f64>| limit.filter(|limit| limit.is_finite());
    let (low, high) = (finite(limits[0]).unwrap_or(low), finite(limits[1]).unwrap_or(high));
    if low < high { [low, high] } else { [low.min(high) - 0.5, low.max(high) + 0.5] }
}

#[cfg(test)]
#[allow(clippy::float_cmp)] // ends are taken over, not computed
mod tests {
    use super::*;

    #[test]
    fn spans_have_width() {
        assert_eq!(with_room([0.0, 10.0], 0.5), [-5.0, 15.0]);
        for value in [0.0, 5.0, -3.0, 1e-6, 1e12] {
            let [low, high] = with_room([value, value], 0.05);
            assert!(low < value && value < high, "{value}: {low} {high}");
        }
        assert_eq!(limited([0.0, 10.0], [Some(2.0), None]), [2.0, 10.0]);
        assert_eq!(limited([0.0, 10.0], [Some(f64::NAN), Some(5.0)]), [0.0, 5.0]);
        let [low, high] = limited([0.0, 10.0], [Some(20.0), None]);
        assert!(low < high);
    }

    #[test]
    fn groups_share_the_x_axis_and_the_cursor() {
        let ctx = Context::default();
        let group = Some(Id::unique("group"));
        let [a, b] = ["a", "b"].map(|name| Link::new(&ctx, group, Id::unique(name)));
        let alone = Link::new(&ctx, None, Id::unique("alone"));
        assert_eq!(a.extent(&ctx, [0.0, 5.0]), [0.0, 5.0]);
        assert_eq!(b.extent(&ctx, [3.0, 9.0]), [0.0, 9.0]);
        assert_eq!(a.extent(&ctx, [0.0, 5.0]), [0.0, 9.0]);
        assert_eq!(alone.extent(&ctx, [2.0, 3.0]), [2.0, 3.0]);

        let mut views = [View::default(); 3];
        a.set_x(&ctx, &mut views[0], Some([1.0, 2.0]));
        assert_eq!(b.x(&ctx, &views[1]), Some([1.0, 2.0]));
        assert_eq!(alone.x(&ctx, &views[2]), None);
        b.set_x(&ctx, &mut views[1], None);
        assert_eq!(a.x(&ctx, &views[0]), None);

        a.set_cursor(&ctx, 4.0);
        assert_eq!((a.others_cursor(&ctx), b.others_cursor(&ctx)), (None, Some(4.0)));
    }
}
